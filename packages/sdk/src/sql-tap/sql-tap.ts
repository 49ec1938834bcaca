import type { JsonObject } from '@meltano/foundation/json';
import type { ConnectorFacts } from '../about/connector-about.ts';
import { type Config, type ConfigOf, defineConfig } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { Tap } from '../connector.ts';
import { defineTap, type SourceContext, type TapDefinition } from '../tap/define-tap.ts';
import { sourceStreams } from './source-streams.ts';
import type { SqlSource, SqlTapDialect } from './sql-source.ts';
import { type CustomQuery, sqlTapSettings } from './sql-tap-settings.ts';
import { tableFilter } from './table-filter.ts';

export interface SqlTapDefinition<S extends Readonly<Record<string, Setting<unknown>>>>
  extends ConnectorFacts,
    Pick<TapDefinition<S>, 'concurrency' | 'onStreamError'> {
  /** How the database is reached; the settings of every SQL tap are added. */
  readonly config: Config<S>;
  readonly dialect: SqlTapDialect;
  /** Throws an error of category `environment` when the database cannot be reached. Called once for a discovery and once for a run. */
  connect(context: SourceContext<ConfigOf<S>>): Promise<SqlSource>;
}

/**
 * Makes a tap of a dialect and a connection. Done here, once for all databases: streams of tables, views and
 * queries with their schemas, keys and metadata; queries for what is selected; FULL_TABLE and INCREMENTAL reading in
 * the order of the replication key, so that a run that breaks off keeps its progress; the settings of every SQL tap.
 *
 * LOG_BASED reading is each database's own affair; a connector that has it makes streams of its own with `defineTap`.
 */
export function sqlTap<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: SqlTapDefinition<S>,
): Tap {
  const { connect, dialect, ...facts } = definition;
  return defineTap({
    ...facts,
    config: defineConfig({ ...definition.config.settings, ...sqlTapSettings }),
    async streams(context) {
      const shared = sqlTapConfig.parse(context.config as JsonObject);
      const source = await connect({
        ...context,
        config: definition.config.parse(context.config as JsonObject),
      });
      context.defer(() => source.close());
      return sourceStreams({
        source,
        dialect,
        log: context.log,
        isKnown: context.catalog !== undefined,
        filter: tableFilter({
          schemas: shared.filter_schemas as readonly string[] | undefined,
          excludedSchemas: shared.exclude_schemas as readonly string[] | undefined,
          tables: shared.filter_tables as readonly string[] | undefined,
        }),
        queries: (shared.queries ?? []) as unknown as readonly CustomQuery[],
        form: { decimalsAsText: shared.use_singer_decimal, datesAsText: shared.dates_as_string },
        withNulls: shared.read_null_replication_keys,
      });
    },
  });
}

const sqlTapConfig = defineConfig(sqlTapSettings);
