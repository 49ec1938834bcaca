import { RE2JS } from 're2js';

/** A regular expression of a manifest. */
export interface Pattern {
  test(text: string): boolean;
  /** The first group of what is found, or all of it; undefined where nothing is found. */
  find(text: string): string | undefined;
}

/**
 * Compiles a pattern with the syntax of RE2: that of Python's `re` without look-around and back references. It takes
 * time in proportion to the text, whatever the pattern: one such as `^(a+)+$` would stop the host's own expressions, and
 * with them the whole run, for minutes. Throws an `Error` that says what is wrong.
 */
export function compilePattern(pattern: string): Pattern {
  const compiled = RE2JS.compile(pattern);
  return {
    test: (text) => compiled.matcher(text).find(),
    find(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      const group = matcher.groupCount() > 0 ? matcher.group(1) : undefined;
      return group ?? matcher.group(0) ?? undefined;
    },
  };
}
