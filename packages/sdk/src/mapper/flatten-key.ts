/** How names of flattened properties are made. */
export interface FlatteningOptions {
  /** Levels of objects that are flattened. */
  readonly maxDepth: number;
  readonly separator: string;
  /** From this length on a name is shortened. */
  readonly maxKeyLength: number;
}

/**
 * The name of a property below others. One that is too long has its parts shortened from the left until it fits:
 * to their capital letters (and what else is no lower-case letter), or to three characters where those are fewer
 * than two.
 */
export function flattenKey(path: readonly string[], { separator, maxKeyLength }: FlatteningOptions): string {
  const parts = [...path];
  for (let at = 0; at < parts.length; at += 1) {
    if (lengthOf(parts.join(separator)) < maxKeyLength) break;
    parts[at] = shortened(parts[at] ?? '');
  }
  return parts.join(separator);
}

function shortened(part: string): string {
  const camel = part.replace(/(?:^|_)(.)/gu, (_found, char: string) => char.toUpperCase());
  const capitals = camel.replace(/[a-z]/g, '');
  const short = lengthOf(capitals) > 1 ? capitals : Array.from(part).slice(0, 3).join('');
  return short.toLowerCase();
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
