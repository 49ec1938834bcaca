import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { RecordsItem, SchemaItem } from '../connector.ts';
import { targetError } from '../target/errors.ts';
import { type ColumnKind, columnKindOf } from './column-kind.ts';
import type { SqlDialect } from './dialect.ts';
import type { StreamLoadOptions } from './load-options.ts';
import { columnNamesOf } from './names.ts';
import { foundColumn, stagingColumns } from './statements.ts';

/** A column that a stream wants, and where its values come from. */
export interface PlannedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The record's member that it is filled from. */
  readonly property?: string;
  /** Set for what the target adds itself: the value where there is no member for it. */
  readonly added?: AddedValue;
  /** What is added depends on when each record was read. */
  readonly timed?: boolean;
  readonly key: boolean;
  /** A record that lacks the property says that it is null: the value of the row before it does not stay. */
  readonly absentIsNull?: boolean;
}

/** Computes what a target adds to a record; `now` is when it was received, milliseconds since the epoch. */
export type AddedValue = (facts: Pick<RecordsItem, 'timeExtracted' | 'version'>, now: number) => JsonValue;

/** The columns of a stream, from its SCHEMA message. */
export function planStreamColumns(
  item: SchemaItem,
  options: StreamLoadOptions,
  dialect: SqlDialect,
  startedAt: number,
): readonly PlannedColumn[] {
  const properties = propertiesOf(item);
  const history = options.loadMethod === 'scd2' ? historyColumns : [];
  const extra = [...(options.addRecordMetadata ? metadataColumns(startedAt) : []), ...history];
  const added = extra.filter((column) => properties[column.name] === undefined);
  const reserved = [...Object.values(stagingColumns), foundColumn, ...added.map((column) => column.name)];
  const names = columnNamesOf(Object.keys(properties), reserved, dialect);
  const keys = new Set(item.keyProperties);
  assertKeys(item, properties, options);
  assertOwnHistory(item, properties, history);
  const own = Object.entries(properties).map(([property, schema]) => ({
    name: names.get(property) ?? property,
    kind: columnKindOf(schema, (type) => dialect.kindOf(type)?.kind),
    property,
    key: keys.has(property),
    ...(property === deletedColumn.name ? { absentIsNull: true } : {}),
  }));
  return [...own, ...added];
}

function propertiesOf(item: SchemaItem): JsonObject {
  const properties = item.schema['properties'];
  if (isJsonObject(properties) && Object.keys(properties).length > 0) return properties;
  throw targetError('invalid_schema', {
    message: `The schema of stream ${item.stream} has no properties, so no table can be made of it`,
    hint: 'give the stream a schema with the extra "schema" of its extractor, or deselect it',
    details: { stream: item.stream },
  });
}

function assertKeys(item: SchemaItem, properties: JsonObject, options: StreamLoadOptions): void {
  const missing = item.keyProperties.filter((key) => !Object.hasOwn(properties, key));
  if (missing.length > 0) {
    throw targetError('invalid_schema', {
      message: `The key of stream ${item.stream} names ${missing.join(', ')}, which its schema does not have`,
      hint: 'select the key columns, or correct "table-key-properties" with the extra "metadata"',
      details: { stream: item.stream, missing },
    });
  }
  if (item.keyProperties.length > 0) return;
  const needed =
    options.loadMethod === 'scd2'
      ? 'load_method scd2 tells the versions of a row by it'
      : options.keysRequired && options.loadMethod !== 'overwrite'
        ? 'primary_key_required is set'
        : undefined;
  if (needed === undefined) return;
  throw targetError('no_key', {
    message: `Stream ${item.stream} has no key, but ${needed}`,
    hint: 'give it a key with the extra "metadata" (table-key-properties), or load it in another way with stream_load_methods',
    details: { stream: item.stream },
  });
}

/** Since when a row is as it is, until when, and whether it still is: the columns of `scd2`. */
export const historyNames = {
  from: '_sdc_valid_from',
  to: '_sdc_valid_to',
  current: '_sdc_is_current',
} as const;

const historyColumns: readonly PlannedColumn[] = [
  {
    name: historyNames.from,
    kind: { kind: 'timestamp' },
    added: (item, now) => item.timeExtracted ?? new Date(now).toISOString(),
    timed: true,
    key: false,
  },
  { name: historyNames.to, kind: { kind: 'timestamp' }, added: () => null, key: false },
  { name: historyNames.current, kind: { kind: 'boolean' }, added: () => true, key: false },
];

function assertOwnHistory(item: SchemaItem, properties: JsonObject, history: readonly PlannedColumn[]): void {
  const taken = history.find(({ name }) => properties[name] !== undefined);
  if (taken === undefined) return;
  throw targetError('name_clash', {
    message: `Stream ${item.stream} has a property "${taken.name}", which load_method scd2 needs for itself`,
    hint: 'rename or deselect it',
    details: { stream: item.stream, property: taken.name },
  });
}

export const versionColumn: PlannedColumn = {
  name: '_sdc_table_version',
  kind: { kind: 'integer' },
  added: (item) => item.version ?? null,
  key: false,
};

/** A record may say that it was deleted although its schema does not; one that does not say so is there. */
export const deletedColumn: PlannedColumn = {
  name: '_sdc_deleted_at',
  kind: { kind: 'timestamp' },
  property: '_sdc_deleted_at',
  added: () => null,
  key: false,
  absentIsNull: true,
};

function metadataColumns(startedAt: number): readonly PlannedColumn[] {
  const timestamp = (name: string, added: AddedValue): PlannedColumn => ({
    name,
    kind: { kind: 'timestamp' },
    added,
    key: false,
  });
  const integer = (name: string, added: AddedValue): PlannedColumn => ({
    name,
    kind: { kind: 'integer' },
    added,
    key: false,
  });
  const at = (now: number) => new Date(now).toISOString();
  return [
    { ...timestamp('_sdc_extracted_at', (item) => item.timeExtracted ?? null), timed: true },
    timestamp('_sdc_received_at', (_, now) => at(now)),
    timestamp('_sdc_batched_at', (_, now) => at(now)),
    deletedColumn,
    integer('_sdc_sequence', (_, now) => now),
    versionColumn,
    integer('_sdc_sync_started_at', () => startedAt),
  ];
}
