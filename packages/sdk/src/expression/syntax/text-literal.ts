import { fail, type Span } from '../failure.ts';
import { unescapeBytes, unescapeText } from './escapes.ts';
import { readTemplate } from './template-literal.ts';
import type { BytesToken, TemplateToken, TextToken } from './token.ts';

/** Reads the string literal whose prefix and quote were found at `start`. */
export function readText(
  text: string,
  [opening, written = '', quote = '']: RegExpExecArray,
  start: number,
  limit: number,
): TextToken | BytesToken | TemplateToken {
  const prefix = written.toLowerCase();
  if (!/^(?:|r|b|u|f|rb|br|rf|fr)$/.test(prefix))
    fail('SyntaxError', `a text cannot have the prefix ${written}`, { start, end: start + opening.length });
  const from = start + opening.length;
  const quoting = { quote, raw: prefix.includes('r') };
  if (prefix.includes('f')) return readTemplate(text, { start, end: limit }, from, quoting);
  const end = endOfText(text, from, { start, end: limit }, quote);
  const body = text.slice(from, end);
  const span = { start, end: end + quote.length };
  if (prefix.includes('b')) return { kind: 'bytes', value: unescapeBytes(body, quoting.raw, span), ...span };
  return { kind: 'text', value: quoting.raw ? body : unescapeText(body, span), ...span };
}

/** The offset of the closing quote. */
function endOfText(text: string, from: number, { start, end }: Span, quote: string): number {
  for (let at = from; at < end; at += 1) {
    if (text.startsWith(quote, at)) return at;
    if (text[at] === '\\') at += 1;
    else if (text[at] === '\n' && quote.length === 1) break;
  }
  fail('SyntaxError', 'this text has no closing quote', { start, end: Math.min(end, from) });
}
