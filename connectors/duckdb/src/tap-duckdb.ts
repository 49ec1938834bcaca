import { sqlTap } from '@meltano/sdk/sql-tap/sql-tap';
import { tapConfig } from './config.ts';
import { quote } from './dialect.ts';
import { createSource } from './duckdb-source.ts';
import { openReadOnly } from './open-database.ts';

export const tapDuckdb = sqlTap({
  name: 'tap-duckdb',
  label: 'DuckDB',
  description: 'Reads tables, views and queries of a DuckDB file, in process and without a copy in memory',
  version: '0.1.0',
  definition: { dialect: 'duckdb', keywords: ['database', 'native'] },
  config: tapConfig,
  dialect: {
    label: 'DuckDB',
    quote,
    parameter: (position, type) => `CAST($${position} AS ${type})`,
    nullsFirst: ' NULLS FIRST',
    limit: (sql, rows) => `${sql} LIMIT ${rows}`,
  },
  async connect({ config, log }) {
    const instance = await openReadOnly({
      path: config.path,
      memoryLimit: config.memory_limit,
      tempDirectory: config.temp_dir,
    });
    return createSource(instance, log);
  },
});
