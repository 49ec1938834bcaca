/**
 * Whether JSON text has more levels of objects and lists than that. What has not even so many brackets, as nearly every
 * line, is told by the host's own search.
 */
export function nestsDeeper(text: string, levels: number): boolean {
  if (text.length <= levels) return false;
  let left = levels;
  for (const bracket of ['{', '[']) {
    let at = text.indexOf(bracket);
    for (; at !== -1 && left >= 0; at = text.indexOf(bracket, at + 1)) left -= 1;
  }
  return left < 0 && depthOf(text) > levels;
}

/** Brackets in strings do not count. Text that is not JSON has a depth, too. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === backslash) at += 1;
      else if (char === quote) inString = false;
    } else if (char === quote) inString = true;
    else if (char === brace || char === bracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === closingBrace || char === closingBracket) depth -= 1;
  }
  return deepest;
}

const [quote, backslash, brace, closingBrace, bracket, closingBracket] = [34, 92, 123, 125, 91, 93];
