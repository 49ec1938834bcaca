const token =
  /[ \t\n\r]*(?:("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/y;
const values = 'sv{[';

/** Where text that is no JSON stops being JSON: counted from 1, columns in characters. */
export function jsonFault(text: string): {
  readonly line: number;
  readonly column: number;
  readonly at: number;
} {
  const at = faultAt(text);
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1, at };
}

/**
 * What the host says of a fault names no position where a token is unexpected, so the tokens are gone through:
 * s a string, v another value without parts, k a string that is a key.
 */
function faultAt(text: string): number {
  const open: string[] = [];
  let expected = values;
  for (token.lastIndex = 0; ; ) {
    const from = token.lastIndex;
    const match = token.exec(text);
    const start =
      match === null
        ? from + blank(text, from)
        : token.lastIndex - (match[1] ?? match[2] ?? match[3] ?? '').length;
    if (match === null) return start;
    const kind = match[3] ?? (match[2] !== undefined ? 'v' : expected.includes('k') ? 'k' : 's');
    if (!expected.includes(kind)) return start;
    if (kind === '{' || kind === '[') open.push(kind);
    if (kind === '}' || kind === ']') open.pop();
    expected = next(kind, open.at(-1));
  }
}

function next(kind: string, inside: string | undefined): string {
  if (kind === '{') return 'k}';
  if (kind === '[') return `${values}]`;
  if (kind === 'k') return ':';
  if (kind === ':' || (kind === ',' && inside === '[')) return values;
  if (kind === ',') return 'k';
  return inside === undefined ? '' : inside === '{' ? ',}' : ',]';
}

function blank(text: string, from: number): number {
  return /^[ \t\n\r]*/.exec(text.slice(from))?.[0].length ?? 0;
}
