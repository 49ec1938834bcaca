import { fail } from '../failure.ts';
import { maxNumberDigits } from '../limits.ts';
import { assertSize } from './assert-size.ts';
import { Callable, ModuleValue, TypeValue } from './callable.ts';
import { dictEntries, isDict } from './dict.ts';
import { floatText } from './float-text.ts';
import { numberOf } from './numbers.ts';
import { SetValue } from './set.ts';
import { Boxed, Bytes, Float, kindOf, Tuple, type Value } from './value.ts';

/** Values of time, which have texts of their own. */
export interface Printable {
  text(): string;
  repr(): string;
}

function isPrintable(value: Value): value is Value & Boxed & Printable {
  return value instanceof Boxed && 'repr' in value;
}

/** What `str(value)` is. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (isPrintable(value)) return value.text();
  const number = typeof value === 'boolean' ? undefined : numberOf(value);
  if (number?.type === 'Decimal') return number.value.toString();
  if (typeof value === 'object') assertSize(value);
  return reprOf(value);
}

/** What `repr(value)` is: as it stands within a list. */
export function reprOf(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return reprOfText(value);
  const number = numberOf(value);
  if (number?.type === 'int') return intText(number.value);
  if (number?.type === 'Decimal') return `Decimal('${number.value.toString()}')`;
  if (value instanceof Float) return floatText(value.value);
  if (isPrintable(value)) return value.repr();
  return reprOfContainer(value);
}

function reprOfContainer(value: Value): string {
  const all = (items: readonly Value[]) => items.map(reprOf).join(', ');
  if (Array.isArray(value)) return `[${all(value)}]`;
  if (value instanceof Tuple) return `(${all(value.items)}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof SetValue) return value.items.size === 0 ? 'set()' : `{${all(value.values())}}`;
  if (isDict(value))
    return `{${dictEntries(value)
      .map(([key, item]) => `${reprOf(key)}: ${reprOf(item)}`)
      .join(', ')}}`;
  if (value instanceof Bytes) return `b${quoted(String.fromCharCode(...value.bytes), escapeByte)}`;
  return nameOfObject(value);
}

function nameOfObject(value: Value): string {
  if (value instanceof TypeValue) return `<class '${value.name}'>`;
  if (value instanceof ModuleValue) return `<module '${value.name}'>`;
  if (value instanceof Callable) return `<function ${value.name}>`;
  return `<${kindOf(value)}>`;
}

export function intText(value: number | bigint): string {
  const text = String(value);
  if (text.length > maxNumberDigits + 1)
    fail('ValueError', `an int of more than ${maxNumberDigits} digits does not become text`);
  return text;
}

export function reprOfText(text: string): string {
  return quoted(text, escapeCharacter);
}

/** In single quotes, unless the text has some and no double ones. */
function quoted(text: string, escapeOne: (char: string) => string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const char of text) body += char === quote ? `\\${char}` : escapeOne(char);
  return quote + body + quote;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function escapeByte(char: string): string {
  const code = char.charCodeAt(0);
  return named[char] ?? (code < 32 || code > 126 ? `\\x${hex(code, 2)}` : char);
}

function escapeCharacter(char: string): string {
  const known = named[char];
  if (known !== undefined) return known;
  if (isPrintableCharacter(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** All but separators other than the space, control characters, and what is not assigned. */
export function isPrintableCharacter(char: string): boolean {
  return char === ' ' || !/[\p{C}\p{Z}]/u.test(char);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
