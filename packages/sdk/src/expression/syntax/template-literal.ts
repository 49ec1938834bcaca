import { fail, type Span } from '../failure.ts';
import { unescapeText } from './escapes.ts';
import type { Quoting, TemplateField, TemplatePiece, TemplateToken } from './token.ts';

interface Reading extends Quoting {
  readonly text: string;
  /** From the prefix of the literal to where it must have ended. */
  readonly whole: Span;
}

interface Read<T> {
  readonly value: T;
  readonly end: number;
}

/** Reads an f-string as Python 3.12 does: its expressions may hold the same quotes again. */
export function readTemplate(text: string, whole: Span, from: number, quoting: Quoting): TemplateToken {
  const reading = { ...quoting, text, whole };
  const { value, end } = readPieces(reading, from, (at) => text.startsWith(quoting.quote, at));
  return { kind: 'template', pieces: value, start: whole.start, end: end + quoting.quote.length };
}

function readPieces(
  reading: Reading,
  from: number,
  isEnd: (at: number) => boolean,
): Read<readonly TemplatePiece[]> {
  const { text, whole } = reading;
  const pieces: TemplatePiece[] = [];
  let literal = '';
  let at = from;
  while (!isEnd(at)) {
    const char = text.charAt(at);
    if (at >= whole.end || (char === '\n' && reading.quote.length === 1))
      fail('SyntaxError', 'this text has no closing quote', whole);
    if (char === '{' && text[at + 1] !== '{') {
      pieces.push(cooked(literal, reading));
      literal = '';
      const field = readField(reading, at + 1);
      pieces.push(...field.value);
      at = field.end;
    } else {
      const step = stepOf(text, at, reading);
      literal += step.value;
      at = step.end;
    }
  }
  pieces.push(cooked(literal, reading));
  return { value: pieces.filter((piece) => piece !== ''), end: at };
}

function stepOf(text: string, at: number, { whole }: Reading): Read<string> {
  const char = text.charAt(at);
  if (char === '\\' && !'{}'.includes(text.charAt(at + 1)))
    return { value: text.slice(at, at + 2), end: at + 2 };
  if (char !== '{' && char !== '}') return { value: char, end: at + 1 };
  if (text[at + 1] === char) return { value: char, end: at + 2 };
  fail('SyntaxError', `a single ${char} must be doubled`, { start: at, end: Math.min(at + 1, whole.end) });
}

function cooked(literal: string, { raw, whole }: Reading): string {
  return raw ? literal : unescapeText(literal, whole);
}

/** From after `{` to after `}`: the expression, perhaps `=`, `!r`, and a format with fields of its own. */
function readField(reading: Reading, from: number): Read<readonly TemplatePiece[]> {
  const { text } = reading;
  const end = endOfExpression(reading, from);
  let at = end;
  const echoed = text[at] === '=';
  if (echoed) at = skipSpace(text, at + 1);
  const echo = echoed ? [text.slice(from, at)] : [];
  // The conversions !r, !s and !a change nothing in stream maps of the Meltano SDK.
  if (text[at] === '!') at = afterConversion(text, at);
  const format = text[at] === ':' ? readPieces(reading, at + 1, (here) => text[here] === '}') : undefined;
  at = format?.end ?? at;
  if (text[at] !== '}') fail('SyntaxError', 'a } is missing', { start: from - 1, end: from });
  if (text.slice(from, end).trim() === '')
    fail('SyntaxError', 'there is no expression between { and }', { start: from - 1, end: from });
  const field: TemplateField = { expression: { start: from, end }, format: format?.value };
  return { value: [...echo, field], end: at + 1 };
}

function afterConversion(text: string, at: number): number {
  if (!/[rsa]/.test(text.charAt(at + 1)))
    fail('SyntaxError', 'a conversion is !r, !s or !a', { start: at, end: at + 2 });
  return skipSpace(text, at + 2);
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (text[next] === ' ') next += 1;
  return next;
}

/** The offset of what ends an expression inside braces: `}`, `:`, `!r` or `=`, outside of brackets and texts. */
function endOfExpression({ text, whole }: Reading, from: number): number {
  let depth = 0;
  for (let at = from; at < whole.end; at += 1) {
    const char = text.charAt(at);
    if (char === '#')
      fail('SyntaxError', 'there can be no comment between { and }', { start: at, end: at + 1 });
    if (char === '"' || char === "'") at = endOfInnerText(text, at);
    else if ('([{'.includes(char)) depth += 1;
    else if (depth > 0 && ')]}'.includes(char)) depth -= 1;
    else if (depth === 0 && isEndOfField(text, at)) return at;
    else if ('!=<>'.includes(char)) at += text[at + 1] === '=' ? 1 : 0;
  }
  fail('SyntaxError', 'a } is missing', { start: from - 1, end: from });
}

function isEndOfField(text: string, at: number): boolean {
  const char = text.charAt(at);
  if (char === '}' || char === ':') return true;
  return (char === '!' || char === '=') && text[at + 1] !== '=';
}

function endOfInnerText(text: string, start: number): number {
  const char = text.charAt(start);
  const quote = text.startsWith(char.repeat(3), start) ? char.repeat(3) : char;
  for (let at = start + quote.length; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length - 1;
    if (text[at] === '\\') at += 1;
  }
  return text.length;
}
