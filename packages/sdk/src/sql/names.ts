import type { SqlDialect } from './dialect.ts';

/**
 * Names in the database. Lower case; of a stream's name `-`, `.`, `:`, `/` and spaces become `_`; all else
 * stays and is quoted. A name that is too long is cut. Where two properties would get one name, all but
 * the one that is spelled so already get a suffix made from their own spelling, the same in every run (Singer rule 77).
 */
export function tableNameOf(stream: string, dialect: SqlDialect): string {
  return fit(stream.toLowerCase().replaceAll(/[-.:/\s]/g, '_'), stream, dialect);
}

/** Where the rows of a table gather that will take its place. No stream has a table with a colon in its name. */
export function loadingNameOf(table: string, dialect: SqlDialect): string {
  return derivedNameOf(table, ':loading', dialect);
}

/** The name of a table that belongs to another one; where both are too long, the name of the other one is cut. */
export function derivedNameOf(table: string, ending: string, dialect: SqlDialect): string {
  if (sizeOf(table + ending, dialect) <= dialect.maxIdentifierLength) return table + ending;
  return `${cut(table, sizeOf(ending, dialect) + hashSize, dialect)}_${nameHash(table)}${ending}`;
}

/** The column of each property, by property. */
export function columnNamesOf(
  properties: readonly string[],
  reserved: readonly string[],
  dialect: SqlDialect,
): ReadonlyMap<string, string> {
  const plain = new Map(
    properties.map((property) => [property, fit(property.toLowerCase(), property, dialect)]),
  );
  const taken = [...reserved, ...(dialect.reservedColumns ?? [])];
  const claims = new Map<string, number>(taken.map((name) => [name, 1]));
  for (const name of plain.values()) claims.set(name, (claims.get(name) ?? 0) + 1);
  return new Map(
    [...plain].map(([property, name]) => {
      const alone = claims.get(name) === 1 || (property === name && !taken.includes(name));
      return [property, alone ? name : suffixed(name, property, dialect)];
    }),
  );
}

/** No database has a name with a zero character, and none with half a character. */
function fit(name: string, original: string, dialect: SqlDialect): string {
  const usable = name.replaceAll('\0', '').toWellFormed() || '_';
  return sizeOf(usable, dialect) <= dialect.maxIdentifierLength
    ? usable
    : suffixed(usable, original, dialect);
}

/** Of `_` and the hash. */
const hashSize = 9;

function suffixed(name: string, original: string, dialect: SqlDialect): string {
  return `${cut(name, hashSize, dialect)}_${nameHash(original)}`;
}

function sizeOf(name: string, { identifierUnit }: SqlDialect): number {
  return identifierUnit === 'bytes' ? new TextEncoder().encode(name).length : name.length;
}

/** As many whole characters as leave so much room. */
function cut(name: string, room: number, dialect: SqlDialect): string {
  let left = dialect.maxIdentifierLength - room;
  let end = 0;
  for (const character of name) {
    left -= sizeOf(character, dialect);
    if (left < 0) break;
    end += character.length;
  }
  return name.slice(0, end);
}

/** FNV-1a, 32 bits, eight hexadecimal digits. */
export function nameHash(text: string): string {
  // Bytes of UTF-8 tell no half of a character from another; JSON's escapes do.
  const told = text.isWellFormed() ? text : JSON.stringify(text);
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(told)) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16).padStart(8, '0');
}
