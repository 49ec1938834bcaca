import { configError } from '@meltano/sdk/config/errors';
import { sqlTarget } from '@meltano/sdk/sql/sql-target';
import { config, type DuckdbConfig, loadOptions } from './config.ts';
import { createConnection } from './connection.ts';
import { dialect } from './dialect.ts';
import { openDatabase } from './open-database.ts';

export const targetDuckdb = sqlTarget({
  name: 'target-duckdb',
  label: 'DuckDB',
  description: 'Loads streams into a DuckDB file, in process and in bulk',
  version: '0.1.0',
  settingsGroups: [['filepath'], ['path']],
  definition: {
    dialect: 'duckdb',
    target_schema: '$TARGET_DUCKDB_DEFAULT_TARGET_SCHEMA',
    keywords: ['database', 'native'],
  },
  config,
  dialect,
  options: loadOptions,
  async connect({ config: given }) {
    const database = await openDatabase({
      path: pathOf(given),
      memoryLimit: given.memory_limit,
      tempDirectory: given.temp_dir,
    });
    return createConnection(database);
  },
});

function pathOf(given: DuckdbConfig): string {
  const path = given.path || given.filepath;
  if (path) return path;
  throw configError('invalid', {
    message: 'The configuration is not valid: "path" is required',
    hint: 'set path to the DuckDB file to load into',
  });
}
