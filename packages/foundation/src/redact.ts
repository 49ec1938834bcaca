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
      for (const spelling of spellings(secret)) known.add(spelling);
    }
    const longestFirst = [...known].sort((a, b) => b.length - a.length).map(escapeForPattern);
    pattern = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.join('|'), 'g');
  };
  add(...secrets);
  return {
    add,
    apply: (text) => hidePasswordsInAddresses(pattern === undefined ? text : text.replace(pattern, redacted)),
  };
}

/** A secret also appears escaped in JSON and percent-encoded in addresses. */
function spellings(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

// What looks like a port and a path (`host:80/a@b`) is none; a password may hold anything else up to the `@`.
const passwordInAddress = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)(?!\d+\/)[^\s@]+(?=@)/gi;

/** `postgresql://me:secret@host/db` becomes `postgresql://me:(redacted)@host/db`. */
export function hidePasswordsInAddresses(text: string): string {
  return text.includes('://') ? text.replace(passwordInAddress, `$1${redacted}`) : text;
}
