import type { SqlConnection } from './dialect.ts';

/**
 * The one transaction of a connection. States: none; begun. Rows that are appended straight to their table begin
 * it early; the next `commit` ends it with all that came meanwhile.
 */
export interface Transaction {
  /** Begins it, unless it has begun. */
  begin(): Promise<void>;
  /** Does the work in it and commits; rolls back when either fails. */
  commit(work: () => Promise<void>): Promise<void>;
  /** Undoes what is not committed, if anything. */
  rollback(): Promise<void>;
}

export function createTransaction(connection: SqlConnection): Transaction {
  let begun = false;
  const begin = async () => {
    if (begun) return;
    await connection.execute('BEGIN');
    begun = true;
  };
  const rollback = async () => {
    if (!begun) return;
    begun = false;
    // A failed statement or commit may have ended it already.
    await connection.execute('ROLLBACK').catch(() => {});
  };
  return {
    begin,
    rollback,
    async commit(work) {
      try {
        await begin();
        await work();
        await connection.execute('COMMIT');
        begun = false;
      } catch (error) {
        await rollback();
        throw error;
      }
    },
  };
}
