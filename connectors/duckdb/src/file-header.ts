import { closeSync, openSync, readSync } from 'node:fs';

/** What a DuckDB file says of itself at its beginning. */
export interface FileHeader {
  /** Of the program that made the file, e.g. `v1.5.5`; undefined where it does not say. */
  readonly madeBy: string | undefined;
}

/** Where the header has what; see https://duckdb.org/docs/stable/internals/storage. */
const magicAt = 8;
const versionAt = 52;
const headerBytes = 84;

/** Undefined for a file that is no DuckDB file. */
export function readFileHeader(path: string): FileHeader | undefined {
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1', magicAt, magicAt + 4) !== 'DUCK') return undefined;
  const version = header.toString('latin1', versionAt).replace(/\0.*$/s, '');
  return { madeBy: /^v\d[-.\w]*$/.test(version) ? version : undefined };
}
