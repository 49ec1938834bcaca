import type { ConnectorFacts } from '../about/connector-about.ts';
import { readBatches } from '../batch/read-batches.ts';
import type { Config, ConfigOf } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { Target } from '../connector.ts';
import { type DestinationContext, defineTarget } from '../target/define-target.ts';
import type { SqlConnection, SqlDialect } from './dialect.ts';
import type { SqlLoadOptions } from './load-options.ts';
import { loadStreams } from './load-streams.ts';

export interface SqlTargetDefinition<S extends Readonly<Record<string, Setting<unknown>>>>
  extends ConnectorFacts {
  readonly config: Config<S>;
  readonly dialect: SqlDialect;
  /** Throws an error of category `environment` when the database cannot be reached. */
  connect(context: DestinationContext<ConfigOf<S>>): Promise<SqlConnection>;
  /** What the settings say about loading. */
  options(config: ConfigOf<S>): SqlLoadOptions;
}

/**
 * Makes a target of a dialect and a connection: tables, evolution, append, upsert, overwrite, versions,
 * metadata columns, refusals and acknowledgement are done here, once for all databases.
 */
export function sqlTarget<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: SqlTargetDefinition<S>,
): Target {
  return defineTarget({
    ...definition,
    capabilities: [
      'activate-version',
      'hard-delete',
      'soft-delete',
      'target-schema',
      ...(definition.capabilities ?? []),
    ],
    async open(context) {
      const options = definition.options(context.config);
      const connection = await definition.connect(context);
      const { dialect } = definition;
      return {
        accepts: ['record'],
        load: (items, report) =>
          loadStreams(readBatches(items), report, { ...context, connection, dialect, options }),
        close: () => connection.close(),
      };
    },
  });
}
