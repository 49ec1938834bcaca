/** Columns that a text takes in a terminal: wide characters count two, marks that combine count none. */
export function textWidth(text: string): number {
  const plain = stripColours(text);
  if (/^[ -~]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes().segment(plain)) {
    const code = segment.codePointAt(0) ?? 0;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}

let segmenter: Intl.Segmenter | undefined;

/** Made when it is needed: that takes milliseconds, and most text is ASCII. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter;
}

/** East Asian wide blocks and emoji; close enough for aligning columns. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff)
  );
}

export function stripColours(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** Cuts a name in its middle, where it says least: `public-very…orders`. */
export function cutMiddle(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text;
  const kept = Math.max(width - ellipsis.length, 1);
  const characters = Array.from(graphemes().segment(text), ({ segment }) => segment);
  const head = Math.ceil(kept / 2);
  return (
    characters.slice(0, head).join('') +
    ellipsis +
    characters.slice(characters.length - (kept - head)).join('')
  );
}

/** Cuts a text at its end, where the rest says least. */
export function cutEnd(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = ellipsis.length;
  for (const { segment } of graphemes().segment(text)) {
    used += textWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept + ellipsis;
}
