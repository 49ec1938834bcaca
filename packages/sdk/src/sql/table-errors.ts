import { targetError } from '../target/errors.ts';
import type { SqlColumn, TableName } from './dialect.ts';

/** Another load method would make one row of all versions. */
export function historyTable(stream: string, table: TableName) {
  return targetError('history_table', {
    message: `The table ${table.schema}.${table.name} keeps the history of stream ${stream}, which another load_method than scd2 would destroy`,
    hint: 'load the stream with scd2, into another schema, or drop the table',
    details: { stream },
  });
}

/** Rows would be there twice: under the text of their old key, and under the one that records spell. */
export function keyBecomesText(stream: string, table: TableName, column: Pick<SqlColumn, 'name' | 'type'>) {
  return targetError('key_type', {
    message: `The key "${column.name}" of the table ${table.schema}.${table.name} is ${column.type}, and stream ${stream} has keys that only a text holds: rows that are there would no longer be found by theirs`,
    hint: 'put such records into quarantine (data_type in schema_contract), or give the key the type string with the extra "schema" of the extractor and load into a new table',
    details: { stream, column: column.name },
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
