import type { DuckDBConnection } from '@duckdb/node-api';

/** What DuckDB cannot put aside: rows that stand in no file. Blocks of the file itself give way when they must. */
const heldMemory =
  "SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'";

/**
 * Writes what is committed into the file when it takes a quarter of the memory limit: rows of changed tables
 * stay in memory until then, in each table at least a block however few they are, and DuckDB itself only looks at
 * the size of its log. While another transaction is open it is left for the next time.
 */
export function createMemoryRelief(): (connection: DuckDBConnection) => Promise<void> {
  let limit: number | undefined;
  return async (connection) => {
    limit ??= parseBytes(String(await one(connection, "SELECT current_setting('memory_limit')")));
    if (Number(await one(connection, heldMemory)) > limit / 4)
      await connection.run('CHECKPOINT').catch(() => {});
  };
}

async function one(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows()[0]?.[0];
}

const units = ['KiB', 'MiB', 'GiB', 'TiB'];

/** Reads a size as DuckDB prints it, e.g. `488.2 MiB`. */
function parseBytes(text: string): number {
  const [amount, unit = ''] = text.split(' ');
  return Number(amount) * 1_024 ** (units.indexOf(unit) + 1);
}
