import { fail } from '../failure.ts';
import { readNumber } from './number-literal.ts';
import { readText } from './text-literal.ts';
import type { Token } from './token.ts';

/** The longest first, so that `**` is not taken for two. */
const operators =
  '**= //= >>= <<= ... ** // << >> == != <= >= -> := += -= *= /= %= &= |= ^= + - * / % & | ^ ~ < > ( ) [ ] { } , : . = @'.split(
    ' ',
  );
const namePattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*/uy;
const stringStart = /([rRbBuUfF]{0,2})("""|'''|"|')/y;
const space = /(?:[ \t\f]|\\\r?\n)*(?:#[^\n]*)?/y;

/** The words of an expression between two offsets of a text. Throws a `Failure` of kind SyntaxError. */
export function tokenize(text: string, start = 0, end = text.length): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let at = start;
  for (;;) {
    at = Math.min(end, skip(space, text, at));
    if (at >= end) break;
    const token = readToken(text, at, end);
    depth += bracketStep(token);
    if (token.kind !== 'break' || depth <= 0) tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', start: end, end });
  return tokens;
}

function bracketStep(token: Token): number {
  if (token.kind !== 'operator') return 0;
  return '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
}

function readToken(text: string, at: number, end: number): Token {
  const char = text.charAt(at);
  if (char === '\n' || char === '\r' || char === ';') return { kind: 'break', start: at, end: at + 1 };
  stringStart.lastIndex = at;
  const string = stringStart.exec(text);
  if (string !== null) return readText(text, string, at, end);
  if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(text.charAt(at + 1)))) return readNumber(text, at);
  const after = skip(namePattern, text, at);
  if (after > at)
    return { kind: 'name', text: text.slice(at, after).normalize('NFKC'), start: at, end: after };
  const operator = operators.find((each) => text.startsWith(each, at));
  if (operator === undefined)
    fail('SyntaxError', 'this character has no meaning here', { start: at, end: at + 1 });
  return { kind: 'operator', text: operator, start: at, end: at + operator.length };
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
