import { defineErrors } from '@meltano/foundation/errors';

export const duckdbError = defineErrors('duckdb', {
  cannot_open: 'environment',
  not_writable: 'environment',
  locked: 'conflict',
  made_by_newer_version: 'environment',
  not_a_database: 'invalid',
  unsupported_path: 'invalid',
  out_of_memory: 'environment',
  statement_failed: 'plugin',
});
