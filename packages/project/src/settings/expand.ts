import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { settingsError } from './errors.ts';

export interface Expansion {
  /** Undefined for a variable that is not set. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What becomes of a reference to a variable that is not set; `empty` unless said otherwise. */
  readonly missing?: 'empty' | 'error' | 'keep';
}

const reference = /(\\)?(?:\$\{([\p{L}\p{N}_]+)\}|\$([A-Z][A-Z0-9_]*))/gu;

/**
 * Replaces `$NAME` and `${NAME}` once, from left to right; `\$NAME` is the text `$NAME`. `$name` in lower case is
 * no reference. Throws `settings.variable_not_set` when `missing` is `error`.
 */
export function expandText(text: string, expansion: Expansion): string {
  if (!text.includes('$')) return text;
  return text.replace(reference, (all: string, escape?: string, curly?: string, bare?: string) => {
    if (escape !== undefined) return all.slice(1);
    const name = curly ?? bare ?? '';
    const value = Object.hasOwn(expansion.variables, name) ? expansion.variables[name] : undefined;
    return value ?? missingValue(all, name, expansion);
  });
}

function missingValue(written: string, name: string, { missing = 'empty' }: Expansion): string {
  if (missing === 'keep') return written;
  if (missing === 'empty') return '';
  throw settingsError('variable_not_set', {
    message: `Environment variable '${name}' referenced but not set`,
    hint: 'Make sure the environment variable is set',
    details: { variable: name },
  });
}

/** Expands text and the texts inside lists and mappings; keys and other values stay. */
export function expandValue(value: JsonValue, expansion: Expansion): JsonValue {
  if (typeof value === 'string') return expandText(value, expansion);
  if (isJsonArray(value)) return value.map((item) => expandValue(item, expansion));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, expandValue(member, expansion)]),
  );
}

/** Whether a text says nothing but where its value comes from: references, with marks between them. */
export function isOnlyReferences(value: JsonValue): boolean {
  return (
    typeof value === 'string' &&
    referencedVariables(value).length > 0 &&
    !/[\p{L}\p{N}$]/u.test(value.replace(reference, ''))
  );
}

/** The variables that a text refers to, without those escaped. */
export function referencedVariables(text: string): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, escape, curly, bare]) =>
    escape === undefined ? [curly ?? bare ?? ''] : [],
  );
}
