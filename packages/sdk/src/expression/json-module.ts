import { isJsonArray, isJsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import { fail } from './failure.ts';
import { flag, int, items, text } from './methods/method.ts';
import type { Arguments } from './value/arguments.ts';
import { assertSize } from './value/assert-size.ts';
import { Callable, ModuleValue } from './value/callable.ts';
import { compare } from './value/compare.ts';
import { dictEntries, isDict } from './value/dict.ts';
import { floatText } from './value/float-text.ts';
import { numberOf } from './value/numbers.ts';
import { intText } from './value/text.ts';
import { Bytes, Float, kindOf, Tuple, type Value } from './value/value.ts';

/** The module `json`. */
export const jsonModule = new ModuleValue(
  'json',
  new Map([
    ['loads', new Callable('loads', loads)],
    ['dumps', new Callable('dumps', dumps)],
  ]),
);

function loads(args: Arguments): Value {
  const [source] = args.bind('s');
  const json =
    source instanceof Bytes ? new TextDecoder().decode(source.bytes) : text(source, 'what is read');
  try {
    return withFloats(parseJson(json));
  } catch (error) {
    if (error instanceof SyntaxError) return notNumberOr(json);
    throw error;
  }
}

const notNumbers: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function notNumberOr(json: string): Value {
  const value = notNumbers.get(json.trim());
  return value === undefined ? fail('ValueError', 'the text is not valid JSON') : new Float(value);
}

/** `json.loads` makes floats, while the numbers of records are Decimals. */
function withFloats(value: JsonValue): Value {
  if (isJsonArray(value)) return value.map(withFloats);
  if (isJsonObject(value)) {
    const copy: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(value)) setMember(copy, key, withFloats(item) as JsonValue);
    return copy;
  }
  const number = typeof value === 'boolean' ? undefined : numberOf(value as Value);
  return number?.type === 'Decimal' ? new Float(number.value.toNumber()) : (value as Value);
}

interface Style {
  readonly itemEnd: string;
  readonly keyEnd: string;
  readonly indent: string | undefined;
  readonly ascii: boolean;
  readonly sorted: boolean;
}

function dumps(args: Arguments): string {
  const parameters = [
    'skipkeys',
    'ensure_ascii',
    'check_circular',
    'allow_nan',
    'cls',
    'indent',
    'separators',
  ];
  const [value, , ascii, , , , indent, separators, , sorted] = args.bind(
    ...['obj', ...parameters, 'default', 'sort_keys'].map((name) => (name === 'obj' ? name : `${name}?`)),
  );
  const spaces = indentOf(indent);
  const [itemEnd, keyEnd] =
    separators === undefined || separators === null
      ? [spaces === undefined ? ', ' : ',', ': ']
      : items(separators).map((each) => text(each, 'a separator'));
  const style = {
    itemEnd: itemEnd ?? ', ',
    keyEnd: keyEnd ?? ': ',
    indent: spaces,
    ascii: flag(ascii, true),
    sorted: flag(sorted, false),
  };
  assertSize(value ?? null);
  return render(value ?? null, style, 0);
}

function indentOf(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : ' '.repeat(Math.min(100, Math.max(0, int(value, 'indent'))));
}

function render(value: Value, style: Style, depth: number): string {
  if (depth > 1000) fail('ValueError', 'the value is nested too deeply');
  if (typeof value === 'string') return renderText(value, style);
  if (value === null || typeof value === 'boolean') return String(value);
  const number = numberOf(value);
  if (number?.type === 'int') return intText(number.value);
  if (number?.type === 'float') return notFinite(number.value) ?? floatText(number.value);
  if (number !== undefined) return number.value.toString();
  const list = Array.isArray(value) ? value : value instanceof Tuple ? value.items : undefined;
  if (list !== undefined)
    return enclosed(
      list.map((item) => render(item, style, depth + 1)),
      ['[', ']'],
      style,
      depth,
    );
  if (!isDict(value)) fail('TypeError', `a ${kindOf(value)} cannot be written as JSON`);
  return renderDict(value, style, depth);
}

function notFinite(value: number): string | undefined {
  if (Number.isFinite(value)) return undefined;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function renderDict(value: Value, style: Style, depth: number): string {
  const entries = isDict(value) ? [...dictEntries(value)] : [];
  if (style.sorted) entries.sort(([a], [b]) => (compare('<', a, b) ? -1 : 1));
  const members = entries.map(
    ([key, item]) => `${renderText(keyText(key), style)}${style.keyEnd}${render(item, style, depth + 1)}`,
  );
  return enclosed(members, ['{', '}'], style, depth);
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key !== null && typeof key !== 'boolean' && numberOf(key) === undefined)
    fail('TypeError', 'the keys of JSON are texts');
  return render(key, { itemEnd: '', keyEnd: '', indent: undefined, ascii: true, sorted: false }, 0);
}

function enclosed(
  parts: readonly string[],
  [open, close]: readonly [string, string],
  { itemEnd, indent }: Style,
  depth: number,
): string {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(itemEnd) + close;
  const line = (level: number) => `\n${indent.repeat(level)}`;
  return open + line(depth + 1) + parts.join(itemEnd + line(depth + 1)) + line(depth) + close;
}

function renderText(value: string, { ascii }: Style): string {
  const json = JSON.stringify(value);
  if (!ascii) return json;
  return json.replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
