import { targetError } from '../target/errors.ts';
import type { TableName } from './dialect.ts';

/** Another load method would make one row of all versions. */
export function historyTable(stream: string, table: TableName) {
  return targetError('history_table', {
    message: `The table ${table.schema}.${table.name} keeps the history of stream ${stream}, which another load_method than scd2 would destroy`,
    hint: 'load the stream with scd2, into another schema, or drop the table',
    details: { stream },
  });
}

/** Nothing is removed that the target did not make. */
export function foreignTable(stream: string, table: TableName) {
  return targetError('foreign_table', {
    message: `The table ${table.schema}.${table.name} stands where the rows of stream ${stream} are gathered, and was not made by this target`,
    hint: 'rename or drop it, or load into another schema with default_target_schema',
    details: { stream },
  });
}
