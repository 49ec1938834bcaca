/** What stands in place of a secret. Its length says nothing about the secret's. */
export const redacted = '(redacted)';

/**
 * Removes secrets from text before it leaves the program (Invariant 5). Secrets may be added while it runs:
 * a token that a plugin's settings resolve to, a password inside an address.
 */
export interface Redactor {
  /** Values shorter than four characters are ignored: hiding `1` or `no` everywhere would hide the text. */
  add(...secrets: readonly string[]): void;
  apply(text: string): string;
}

export function createRedactor(secrets: readonly string[] = []): Redactor {
  const known = new Set<string>();
  let pattern: RegExp | undefined;
  const add = (...more: readonly string[]) => {
    for (const secret of more) {
      if (secret.length < 4) continue;
      for (const part of [secret, ...linesOf(secret)]) known.add(part);
    }
    pattern = undefined;
  };
  const compile = () => {
    const longestFirst = [...known].sort((a, b) => b.length - a.length).map(spellings);
    return new RegExp(longestFirst.join('|'), 'g');
  };
  add(...secrets);
  return {
    add,
    apply(text) {
      if (known.size > 0) pattern ??= compile();
      return hidePasswordsInAddresses(pattern === undefined ? text : text.replace(pattern, redacted));
    },
  };
}

/** The lines of a key or of a document leave one by one; short ones, and the frame of a key, say nothing. */
function linesOf(secret: string): readonly string[] {
  // A variable often holds a key with its line breaks written as `\n`.
  const breaks = secret.includes('-----BEGIN ') ? /\r?\n|\r|(?:\\r)?\\n/ : /\r?\n|\r/;
  const lines = secret.split(breaks);
  return lines.length === 1 ? [] : lines.map((line) => line.trim()).filter(isTelling);
}

function isTelling(line: string): boolean {
  return line.length >= 8 && !/^-----(?:BEGIN|END) [^-]*-----$/.test(line);
}

/**
 * Matches a secret as it is, escaped in JSON (once or several times over, by any writer of JSON, with or without
 * `\uXXXX`), and percent-encoded in addresses and forms.
 */
function spellings(secret: string): string {
  let afterBackslash = false;
  return [...secret.matchAll(/\\+|[\ud800-\udbff][\udc00-\udfff]|[^\\]/g)]
    .map(([part]) => {
      const pattern = part.startsWith('\\') ? backslashes(part.length) : spelling(part, afterBackslash);
      afterBackslash = part.startsWith('\\');
      return pattern;
    })
    .join('');
}

/**
 * A run of them is matched as one, with those that escape what follows. What has been escaped three times over is
 * still found; the bound keeps the search quick on long runs.
 */
function backslashes(count: number): string {
  return `(?:\\\\{${count},${8 * count + 7}}|(?:%5[cC]){${count}}|(?:\\\\{1,8}u005[cC]){${count}})`;
}

const letters: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\f': 'f',
  '\r': 'r',
};

function spelling(character: string, afterBackslash: boolean): string {
  if (/[A-Za-z0-9_]/.test(character)) return character;
  const [some, any] = afterBackslash ? ['\\\\{0,8}', ''] : ['\\\\{1,8}', '\\\\{0,8}'];
  const letter = letters[character];
  const units = Array.from(
    { length: character.length },
    (_, at) => `u${anyCase(character.charCodeAt(at).toString(16).padStart(4, '0'))}`,
  );
  return `(?:${[
    `${/["'/]/.test(character) ? any : ''}${character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}`,
    ...(letter === undefined ? [] : [some + letter]),
    some + units.join('\\\\{1,8}'),
    ...(character === ' ' ? ['\\+'] : []),
    percentEncoded(character),
  ].join('|')})`;
}

function percentEncoded(character: string): string {
  const encoded = encodeURIComponent(character.toWellFormed());
  const hex = encoded.length > 1 ? encoded : `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return anyCase(hex);
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);
}

// What looks like a port and a path (`host:80/a@b`) is none; a password may hold anything else up to the `@`.
const passwordInAddress = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)(?!\d+\/)[^\s@]+(?=@)/gi;

/** `postgresql://me:secret@host/db` becomes `postgresql://me:(redacted)@host/db`. */
export function hidePasswordsInAddresses(text: string): string {
  return text.includes('://') ? text.replace(passwordInAddress, `$1${redacted}`) : text;
}
