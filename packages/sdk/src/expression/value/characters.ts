/**
 * Texts of Python are counted in code points; JavaScript counts what lies beyond U+FFFF twice. Where a text holds
 * nothing of that kind, its own positions are used.
 */
const surrogates = /[\ud800-\udbff][\udc00-\udfff]/;

export function isPlain(text: string): boolean {
  return !surrogates.test(text);
}

export function lengthOfText(text: string): number {
  return isPlain(text) ? text.length : Array.from(text).length;
}

/** The characters, each as a text. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}

/** Between two positions, which must lie within the text. */
export function sliceOfText(text: string, from: number, to: number): string {
  return isPlain(text) ? text.slice(from, to) : charactersOf(text).slice(from, to).join('');
}

/** The position in code points of an offset of the text. */
export function positionOf(text: string, offset: number): number {
  return offset < 0 ? offset : lengthOfText(text.slice(0, offset));
}

export const whitespace =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const start = new RegExp(`^[${whitespace}]+`);
const end = new RegExp(`[${whitespace}]+$`);

/** Without Python's whitespace at its ends. */
export function strippedStart(text: string): string {
  return text.replace(start, '');
}

export function strippedEnd(text: string): string {
  // A pattern at the end of a long text is tried at every position: most texts end otherwise.
  return /\s$|[\x1c-\x1f\x85]$/.test(text.slice(-1)) ? cutEnd(text) : text;
}

function cutEnd(text: string): string {
  let length = text.length;
  while (length > 0 && end.test(text.charAt(length - 1))) length -= 1;
  return text.slice(0, length);
}

/** The value of a decimal digit of any script; undefined for other characters. */
export function digitValue(char: string): number | undefined {
  if (char >= '0' && char <= '9') return char.charCodeAt(0) - 48;
  if (!/^\p{Nd}$/u.test(char)) return undefined;
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10;
  // The ten digits of a script begin where the last hexadecimal digit is 0 or 6.
  const low = code % 16;
  return low >= 6 && !/\p{Nd}/u.test(String.fromCodePoint(code - low)) ? low - 6 : low;
}

/** A text with the decimal digits of all scripts written as 0 to 9. */
export function asciiDigits(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : text.replace(/\p{Nd}/gu, (char) => String(digitValue(char)));
}
