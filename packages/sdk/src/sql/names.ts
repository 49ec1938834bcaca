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
  const ending = ':loading';
  const room = dialect.maxIdentifierLength - ending.length;
  if (table.length <= room) return table + ending;
  return `${table.slice(0, room - 9)}_${nameHash(table)}${ending}`;
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
  const claims = new Map<string, number>(reserved.map((name) => [name, 1]));
  for (const name of plain.values()) claims.set(name, (claims.get(name) ?? 0) + 1);
  return new Map(
    [...plain].map(([property, name]) => {
      const alone = claims.get(name) === 1 || (property === name && !reserved.includes(name));
      return [property, alone ? name : suffixed(name, property, dialect)];
    }),
  );
}

function fit(name: string, original: string, dialect: SqlDialect): string {
  const usable = name.replaceAll('\0', '') || '_';
  return usable.length <= dialect.maxIdentifierLength ? usable : suffixed(usable, original, dialect);
}

function suffixed(name: string, original: string, dialect: SqlDialect): string {
  return `${name.slice(0, dialect.maxIdentifierLength - 9)}_${nameHash(original)}`;
}

/** FNV-1a, 32 bits, eight hexadecimal digits. */
export function nameHash(text: string): string {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16).padStart(8, '0');
}
