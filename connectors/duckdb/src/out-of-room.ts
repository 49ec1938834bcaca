import { duckdbError } from './errors.ts';

/** Failures that say that memory or disk is full, by the first line of DuckDB's message; undefined for any other. */
export function outOfRoom(message: string, cause: unknown) {
  if (/no space left on device|ENOSPC|disk full|disk quota exceeded|max_temp_directory_size/i.test(message)) {
    return duckdbError('disk_full', {
      message: `There is no room left for DuckDB on the disk: ${message}`,
      hint: 'make room where the database file and temp_dir are, then run again: what was committed stands, the rest is read again',
      cause,
    });
  }
  if (/out of memory|failed to pin block|failed to allocate/i.test(message)) {
    return duckdbError('out_of_memory', {
      message: `DuckDB has not enough memory: ${message}`,
      hint: 'raise memory_limit, e.g. to 2GB: DuckDB takes 2,048 rows at a time, however long their texts are',
      cause,
    });
  }
  return undefined;
}
