import { errorMessage } from '@meltano/foundation/errors';
import { duckdbError } from './errors.ts';
import { outOfRoom } from './out-of-room.ts';

/** Why a query was not read to its end. Values of rows are not quoted. */
export function readFailure(sql: string, parameters: readonly string[], cause: unknown) {
  const [message = ''] = errorMessage(cause).split('\n');
  if (
    parameters.length > 0 &&
    /^Conversion Error|could not convert|invalid (timestamp|date)/i.test(message)
  ) {
    return duckdbError('invalid_bookmark', {
      message: `The bookmark or start date "${parameters.join(', ')}" is no value of the replication key: ${message}`,
      hint: 'correct the state with `meltano state edit` or clear it with `meltano state clear`, then run again',
      cause,
    });
  }
  if (/^(Catalog|Binder) Error/.test(message)) {
    return duckdbError('read_failed', {
      message: `DuckDB could not read ${sql.slice(0, 120)}: ${message}`,
      hint: 'the table or its columns have changed since the discovery; run again, or deselect what is gone',
      cause,
    });
  }
  if (message.includes('Current transaction is aborted')) {
    return duckdbError('read_failed', {
      message: `DuckDB stopped in the middle of ${sql.slice(0, 120)}, and does not say why`,
      hint: 'a value may not be computable, such as a cast in a view, or memory_limit may be too small: try the query with another DuckDB client',
      cause,
    });
  }
  return (
    outOfRoom(message, cause) ??
    duckdbError('read_failed', {
      message: `DuckDB could not read ${sql.slice(0, 120)}: ${message}`,
      hint: 'try the query with another DuckDB client; the file may be damaged',
      cause,
    })
  );
}
