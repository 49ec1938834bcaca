import { defineErrors } from '@meltano/foundation/errors';

export const duckdbError = defineErrors('duckdb', {
  cannot_open: 'environment',
  no_such_file: 'missing',
  not_readable: 'environment',
  not_writable: 'environment',
  locked: 'conflict',
  made_by_newer_version: 'environment',
  not_a_database: 'invalid',
  unsupported_path: 'invalid',
  out_of_memory: 'environment',
  disk_full: 'environment',
  invalid_setting: 'invalid',
  invalid_bookmark: 'invalid',
  read_failed: 'plugin',
  statement_failed: 'plugin',
});
