import { ExactNumber, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { parseDecimal } from '../schema/decimal.ts';
import { s } from '../schema/schema.ts';
import { tapError } from '../tap/errors.ts';
import { defineStream, type Stream, type StreamContext } from '../tap/stream.ts';
import { type ColumnForm, columnForm, type FormOptions } from './column-form.ts';
import { sqlTapError } from './errors.ts';
import { type FitValue, fitValue } from './fit-value.ts';
import { selectStatement } from './select-statement.ts';
import type { SourceColumn, SourceValue, SqlSource, SqlTapDialect } from './sql-source.ts';

export interface TableStreamOptions {
  readonly name: string;
  /** A table's quoted name, or a query in parentheses with a name. */
  readonly from: string;
  readonly columns: readonly SourceColumn[];
  readonly keys: readonly string[];
  /** Absent for tables: the catalog chooses it. */
  readonly replicationKey?: string;
  readonly metadata: JsonObject;
  readonly source: SqlSource;
  readonly dialect: SqlTapDialect;
  readonly form: FormOptions;
  readonly withNulls: boolean;
}

/** A table, view or query as a stream: it can be read whole, or by any column that has an order. */
export function tableStream(options: TableStreamOptions): Stream {
  const { name, columns, replicationKey } = options;
  const forms = new Map(columns.map((column) => [column.name, columnForm(column, options.form)]));
  const byName = new Map(columns.map((column) => [column.name, column]));
  return defineStream({
    name,
    schema: s.of({
      type: 'object',
      properties: Object.fromEntries([...forms].map(([column, { schema }]) => [column, schema])),
    }),
    keys: options.keys,
    ...(replicationKey === undefined ? {} : { replicationKey }),
    validReplicationKeys: columns.filter((column) => column.ordered).map((column) => column.name),
    sorted: true,
    inSourceOrder: true,
    exact: true,
    metadata: options.metadata,
    async *records(context) {
      const wanted = context.columns.map((column) => byName.get(column) ?? missing(name, column, byName));
      const query = selectStatement(
        { ...selectionOf(context, options, byName), columns: wanted },
        options.dialect,
      );
      for (const column of wanted)
        if (column.note !== undefined) context.log.log('warning', `Column "${column.name}" ${column.note}`);
      const notNumbers = new Map<string, number>();
      const onNotNumber = (column: string) => void notNumbers.set(column, (notNumbers.get(column) ?? 0) + 1);
      const batches = options.source.read(query, {
        columns: wanted,
        log: context.log,
        signal: context.signal,
        onNotNumber,
      });
      const converts = wanted.flatMap((column) => {
        const fit = options.source.exact ? undefined : fitValue(column, { stream: name, onNotNumber });
        const convert = inTurn(fit, forms.get(column.name)?.convert);
        return convert === undefined ? [] : [{ column: column.name, convert }];
      });
      for await (const batch of batches) {
        for (const { column, convert } of converts)
          for (const record of batch) record[column] = convert(record[column] ?? null);
        yield batch;
      }
      for (const [column, count] of notNumbers)
        context.log.log('warning', notNumbersText(name, column, count));
    },
  });
}

type Convert = (value: SourceValue) => JsonValue;

function inTurn(fit: FitValue | undefined, convert: ColumnForm['convert']): Convert | undefined {
  // Of a source whose values are exact, values are JSON.
  if (fit === undefined) return convert as Convert | undefined;
  return convert === undefined ? fit : (value) => convert(fit(value));
}

function notNumbersText(stream: string, column: string, count: number): string {
  const values = count === 1 ? '1 value' : `${count} values`;
  const [are, they] = count === 1 ? ['is', 'it is'] : ['are', 'they are'];
  return `${values} of "${column}" in stream ${stream} ${are} NaN or infinite, which JSON has no word for: ${they} sent as null`;
}

function selectionOf(
  context: StreamContext,
  { name, from, withNulls }: TableStreamOptions,
  columns: ReadonlyMap<string, SourceColumn>,
) {
  const { replicationKey: key, start, maxRecords: limit } = context;
  const orderBy = key === undefined ? undefined : (columns.get(key) ?? missing(name, key, columns));
  if (orderBy?.nullable && start !== undefined && !withNulls) {
    context.log.log(
      'info',
      `Rows whose "${key}" is NULL are not read, as it is the replication key; set read_null_replication_keys to read them in every run`,
    );
  }
  return {
    from,
    orderBy,
    start: orderBy === undefined || start === undefined ? undefined : bookmarkText(start, orderBy, name),
    withNulls,
    limit,
  };
}

/** A bookmark as the database casts it to the column's type. */
function bookmarkText(value: JsonValue, { name, schema }: SourceColumn, stream: string): string {
  const types = [schema['type']].flat();
  const isNumeric = types.includes('integer') || types.includes('number');
  const isScalar = ['string', 'number'].includes(typeof value) || value instanceof ExactNumber;
  if (isScalar && (!isNumeric || parseDecimal(String(value)) !== undefined)) return String(value);
  throw tapError('invalid_bookmark', {
    message: `The bookmark of stream ${stream} is ${stringifyJson(value)}, which "${name}" cannot be compared with`,
    hint: 'correct the state with `meltano state edit` or clear it with `meltano state clear`, then run again',
    details: { stream, replicationKey: name },
  });
}

function missing(stream: string, column: string, columns: ReadonlyMap<string, unknown>): never {
  throw sqlTapError('unknown_column', {
    message: `Stream ${stream} has no column "${column}" any more, which the catalog wants`,
    hint: `discover again to renew the catalog, or deselect it; the columns are ${[...columns.keys()].join(', ')}`,
    details: { stream, column },
  });
}
