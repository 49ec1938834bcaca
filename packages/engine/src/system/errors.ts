import { defineErrors } from '@meltano/foundation/errors';

export const systemError = defineErrors('system', {
  invalid_uri: 'invalid',
  unsupported_database: 'environment',
  cannot_open: 'environment',
  cannot_connect: 'environment',
  connection_lost: 'environment',
  commit_unclear: 'environment',
  busy: 'environment',
  query_failed: 'internal',
  unknown_revision: 'conflict',
  newer_tables: 'conflict',
  invalid_pickle: 'invalid',
  run_not_found: 'missing',
});
