import { fail, type Span } from '../failure.ts';

const single: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escape = /\\(?:\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])/g;

/** What the escapes of a text literal stand for; an unknown one stands for itself. */
export function unescapeText(body: string, place: Span): string {
  if (!body.includes('\\')) return body;
  return body.replace(escape, (found) => characterOf(found, place));
}

function characterOf(found: string, place: Span): string {
  const letter = found.charAt(1);
  if (/[0-7]/.test(letter)) return String.fromCharCode(Number.parseInt(found.slice(1), 8));
  if (found.length > 2 && /[xuU]/.test(letter))
    return ofCodePoint(Number.parseInt(found.slice(2), 16), place);
  if (/[xuU]/.test(letter)) fail('SyntaxError', `the escape \\${letter} needs more digits`, place);
  if (letter === 'N')
    fail('FeatureNotAvailable', 'characters cannot be named; write the character or its \\u number', place);
  if (found.endsWith('\n')) return '';
  return single[letter] ?? found;
}

function ofCodePoint(code: number, place: Span): string {
  if (code > 0x10ffff) fail('SyntaxError', 'there is no character with this number', place);
  return String.fromCodePoint(code);
}

export function unescapeBytes(body: string, raw: boolean, place: Span): Uint8Array {
  const text = raw
    ? body
    : body.replace(/\\(?:\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|[^])/g, (found) =>
        /^\\[uUN]/.test(found) ? found : characterOf(found, place),
      );
  return Uint8Array.from(text, (char) => {
    const code = char.charCodeAt(0);
    if (code > 255) fail('SyntaxError', 'bytes can only hold ASCII characters', place);
    return code;
  });
}
