import { fail } from '../failure.ts';
import { strippedEnd, strippedStart, whitespace } from '../value/characters.ts';

const spaces = new RegExp(`[${whitespace}]+`);

/** `split`: without a separator at runs of whitespace, of which none counts at the ends. */
export function splitText(text: string, separator: string | undefined, most: number): string[] {
  if (separator === undefined) return splitAtSpaces(text, most);
  if (separator === '') fail('ValueError', 'the separator is empty');
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

function splitAtSpaces(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = strippedStart(text);
  while (rest !== '' && (most < 0 || parts.length < most)) {
    const at = rest.search(spaces);
    if (at === -1) break;
    parts.push(rest.slice(0, at));
    rest = strippedStart(rest.slice(at));
  }
  if (rest !== '') parts.push(most < 0 ? strippedEnd(rest) : rest);
  return parts;
}

/** `rsplit`: counts from the end. */
export function splitFromEnd(text: string, separator: string | undefined, most: number): string[] {
  if (most < 0) return splitText(text, separator, most);
  if (separator === undefined) return splitAtLastSpaces(text, most);
  if (separator === '') fail('ValueError', 'the separator is empty');
  const parts = text.split(separator);
  if (parts.length <= most + 1) return parts;
  const first = parts.length - most;
  return [parts.slice(0, first).join(separator), ...parts.slice(first)];
}

function splitAtLastSpaces(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = strippedEnd(text);
  const last = new RegExp(`[${whitespace}]+[^${whitespace}]*$`);
  while (rest !== '' && parts.length < most) {
    const at = rest.search(last);
    if (at === -1) break;
    parts.unshift(strippedStart(rest.slice(at)));
    rest = strippedEnd(rest.slice(0, at));
  }
  if (rest !== '') parts.unshift(rest);
  return parts;
}

/** `splitlines`: at all that ends a line. */
export function splitLines(text: string, keepEnds: boolean): string[] {
  const lines = text.match(
    /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g,
  );
  return (lines ?? [])
    .filter((line) => line !== '')
    .map((line) => (keepEnds ? line : line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, '')));
}

/** What stands before the separator, the separator, and what stands after it. */
export function partitionAt(
  text: string,
  separator: string,
  at: number,
): readonly [string, string, string] | undefined {
  if (separator === '') fail('ValueError', 'the separator is empty');
  return at === -1 ? undefined : [text.slice(0, at), separator, text.slice(at + separator.length)];
}
