import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Log } from '@meltano/foundation/log';
import { quotedTable } from '../sql/dialect.ts';
import { nameHash } from '../sql/names.ts';
import type { Stream } from '../tap/stream.ts';
import { sqlTapError } from './errors.ts';
import type { SourceColumn, SourceTable } from './sql-source.ts';
import type { CustomQuery } from './sql-tap-settings.ts';
import type { TableFilter } from './table-filter.ts';
import { type TableStreamOptions, tableStream } from './table-stream.ts';

export interface SourceStreamsOptions
  extends Pick<TableStreamOptions, 'source' | 'dialect' | 'form' | 'withNulls'> {
  readonly filter: TableFilter;
  readonly queries: readonly CustomQuery[];
  readonly log: Log;
  /** What there is has been told of already, by the discovery before. */
  readonly isKnown: boolean;
}

/** The streams of a database: its tables and views that are wanted, then the queries. */
export async function sourceStreams(options: SourceStreamsOptions): Promise<readonly Stream[]> {
  const { queries, log } = options;
  const all = await options.source.tables();
  const wanted = all.filter(options.filter);
  if (wanted.length === 0 && queries.length === 0 && !options.isKnown) {
    const because =
      all.length === 0 ? 'the database has none that can be seen' : 'the filters leave none of them';
    log.log('warning', `There are no tables to read in ${options.dialect.label}: ${because}`);
  }
  const taken = new Set(queries.map(({ name }) => name));
  const tables = wanted.map((table) => streamOfTable(table, streamName(table, taken), options));
  return [...tables, ...(await Promise.all(queries.map((query) => streamOfQuery(query, options))))];
}

/** `schema-table`, as the Meltano SDK names them. Where `a-b`.`c` and `a`.`b-c` both are, the second gets a suffix. */
function streamName({ schema, name }: SourceTable, taken: Set<string>): string {
  const plain = `${schema}-${name}`;
  const own = taken.has(plain) ? `${plain}_${nameHash(JSON.stringify([schema, name]))}` : plain;
  taken.add(own);
  return own;
}

function streamOfTable(table: SourceTable, name: string, options: SourceStreamsOptions): Stream {
  const { source, dialect, form, withNulls } = options;
  return tableStream({
    name,
    from: quotedTable(table, dialect),
    columns: table.columns,
    keys: table.keys,
    metadata: { 'schema-name': table.schema, 'table-name': table.name, 'is-view': table.isView },
    source,
    dialect,
    form,
    withNulls,
  });
}

async function streamOfQuery(query: CustomQuery, options: SourceStreamsOptions): Promise<Stream> {
  const { source, dialect, form, withNulls } = options;
  const sql = query.sql.trim().replace(/;$/, '');
  const columns = await describeQuery(query.name, sql, options);
  const keys = query.keys ?? [];
  for (const key of [...keys, ...(query.replication_key === undefined ? [] : [query.replication_key])]) {
    if (columns.some(({ name }) => name === key)) continue;
    throw sqlTapError('unknown_key', {
      message: `The query "${query.name}" has no column "${key}"`,
      hint: `correct it in the setting queries; the columns are ${columns.map(({ name }) => name).join(', ')}`,
      details: { stream: query.name, column: key },
    });
  }
  return tableStream({
    name: query.name,
    // On lines of its own: it may end in a comment.
    from: `(\n${sql}\n) AS ${dialect.quote('query')}`,
    columns: columns.map((column) => ({
      ...column,
      nullable: column.nullable && !keys.includes(column.name),
    })),
    keys,
    ...(query.replication_key === undefined ? {} : { replicationKey: query.replication_key }),
    metadata: { 'is-view': true },
    source,
    dialect,
    form,
    withNulls,
  });
}

/** What the database's own driver says of a query is told with the query's name; an error that was made for people stays. */
async function describeQuery(
  name: string,
  sql: string,
  { source, dialect }: SourceStreamsOptions,
): Promise<readonly SourceColumn[]> {
  try {
    return await source.describe(sql);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw sqlTapError('invalid_query', {
      message: `${dialect.label} refuses the query "${name}": ${errorMessage(cause).split('\n')[0]}`,
      hint: `correct the sql of "${name}" in the setting queries; it must be one SELECT, which is run as a subquery`,
      details: { stream: name },
      cause,
    });
  }
}
