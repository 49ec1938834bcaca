/**
 * Whether a text matches a shell-like pattern as Python's `fnmatch` on POSIX does: `*` any characters (dots
 * too), `?` one, `[abc]` and `[!abc]` sets; there is no escape, an unclosed `[` stands for itself, and the
 * whole text must match. Source of the rule: recorded behaviour of Meltano's selection.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  let compiled = cache.get(pattern);
  if (compiled === undefined) {
    if (cache.size > 5_000) cache.clear();
    compiled = new RegExp(`^(?:${globToRegExp(pattern)})$`, 'su');
    cache.set(pattern, compiled);
  }
  return compiled.test(text);
}

const cache = new Map<string, RegExp>();

/**
 * What stands between two `*` is found at its first place and not looked for again: a later one leaves less for the
 * rest. A plain `.*` for each would try all ways, for ever with some patterns.
 */
function globToRegExp(pattern: string): string {
  const [first = '', ...others] = partsBetweenStars(pattern);
  const last = others.pop();
  if (last === undefined) return first;
  const between = others
    .filter((part) => part !== '')
    .map((part, at) => `(?=(?<part${at}>.*?${part}))\\k<part${at}>`);
  return `${first}${between.join('')}.*${last}`;
}

/** As regular expressions. */
function partsBetweenStars(pattern: string): string[] {
  const parts: string[] = [];
  let source = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    at += 1;
    if (char === '*') {
      parts.push(source);
      source = '';
    } else if (char === '?') source += '.';
    else if (char === '[') {
      const end = endOfSet(pattern, at);
      if (end === -1) source += '\\[';
      else {
        source += renderSet(pattern.slice(at, end));
        at = end + 1;
      }
    } else source += escapeLiteral(char);
  }
  return [...parts, source];
}

/** A `]` directly after the opening (or after `!`) belongs to the set. */
function endOfSet(pattern: string, start: number): number {
  let from = start;
  if (pattern[from] === '!') from += 1;
  if (pattern[from] === ']') from += 1;
  return pattern.indexOf(']', from);
}

function renderSet(body: string): string {
  const negated = body.startsWith('!');
  const members = negated ? body.slice(1) : body;
  const ranges = members.replace(/[\\\]^[&~|]/g, '\\$&');
  // A range that ends before it begins matches nothing in Python; a regular expression would refuse it.
  const valid = ranges.replace(/([^\\])-(.)/g, (all, low: string, high: string) => (low > high ? '' : all));
  if (valid === '') return negated ? '.' : '(?!)';
  return `[${negated ? '^' : ''}${valid}]`;
}

function escapeLiteral(char: string): string {
  return /[.*+?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char;
}
