import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * A value that is kept elsewhere: `${env:NAME}` a variable, `${file:path}` a file (relative to the project's
 * root), `${exec:command args}` what a program prints. Meltano's own grammar takes all three for plain text.
 */
export interface SecretReference {
  readonly kind: 'env' | 'file' | 'exec';
  /** Name, path or command line. */
  readonly argument: string;
  /** As it stands in the value. */
  readonly text: string;
}

/** Values of references by their text. */
export type ReferenceValues = ReadonlyMap<string, string>;

const reference = /(\\)?(\$\{(?:(env):([A-Za-z_][A-Za-z0-9_]*)|(file|exec):([^{}\r\n]+))\})/g;

/** The references in a text, or in the texts of a list or mapping, each once. `\${file:x}` is none. */
export function referencesIn(value: JsonValue): readonly SecretReference[] {
  const found = new Map<string, SecretReference>();
  for (const text of textsIn(value)) {
    for (const [, escape, whole = '', env, name, kind, argument] of text.matchAll(reference)) {
      if (escape !== undefined) continue;
      const written = (env ?? kind) === 'env' ? name : argument;
      found.set(whole, { kind: kindOf(env ?? kind), argument: (written ?? '').trim(), text: whole });
    }
  }
  return [...found.values()];
}

function kindOf(word: string | undefined): SecretReference['kind'] {
  return word === 'env' || word === 'file' ? word : 'exec';
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return value.includes('${') ? [value] : [];
  if (isJsonArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Puts values in place of references, once; those without a value stay. `\${file:x}` becomes `${file:x}`. */
export function replaceReferences(value: JsonValue, values: ReferenceValues): JsonValue {
  if (typeof value === 'string') return replaceInText(value, values);
  if (isJsonArray(value)) return value.map((item) => replaceReferences(item, values));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, replaceReferences(member, values)]),
  );
}

export function replaceInText(text: string, values: ReferenceValues): string {
  if (!text.includes('${')) return text;
  return text.replace(reference, (all: string, escape: string | undefined, whole: string) =>
    escape === undefined ? (values.get(whole) ?? all) : whole,
  );
}

/** `(from exec: pass show db)` in place of each reference: what can be shown of a value that is not read. */
export function describeReferences(value: JsonValue): JsonValue {
  const described = referencesIn(value).map(
    ({ text, kind, argument }) => [text, `(from ${kind}: ${argument})`] as const,
  );
  return replaceReferences(value, new Map(described));
}
