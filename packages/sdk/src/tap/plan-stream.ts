import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Catalog, CatalogStream, ReplicationMethod } from '@meltano/singer/catalog';
import { selectedSchema, streamSelection } from '@meltano/singer/selection';
import { assertCatalogProperties } from './assert-properties.ts';
import { catalogEntry, defaultMethod, validReplicationKeys } from './discover.ts';
import { tapError } from './errors.ts';
import type { ParentLink, Stream } from './stream.ts';
import { type UnwantedMembers, unwantedMembers } from './unwanted-members.ts';

/** A stream as it will be read: the catalog's wishes applied. */
export interface PlannedStream {
  readonly stream: Stream;
  /** The name in messages. */
  readonly name: string;
  /** Only what is selected. */
  readonly schema: JsonObject;
  /** What is deselected, for the objects of the schema that are open to more than they name. */
  readonly unwanted: UnwantedMembers;
  readonly keys: readonly string[];
  readonly method: ReplicationMethod;
  readonly replicationKey: string | undefined;
  /** All properties that the stream has are selected, and the schema is the stream's own. */
  readonly whole: boolean;
  /** The method that the catalog wants, where the stream cannot be read so. */
  readonly refusedMethod: string | undefined;
  /** Properties that the stream has and the catalog does not know, deselected or not: it is older than they are. */
  readonly uncataloged: readonly string[];
  /** False for a stream that is read only for the sake of its children. */
  readonly selected: boolean;
  readonly children: readonly PlannedChild[];
  /** Names of children that are not selected. */
  readonly dormant: readonly string[];
}

export interface PlannedChild {
  readonly link: ParentLink;
  readonly plan: PlannedStream;
}

/**
 * The streams to begin with, in the catalog's order: those without parents that are selected, or that a selected
 * stream descends from. A child of several parents is one and the same plan below each of them.
 */
export function planStreams(streams: readonly Stream[], catalog: Catalog): readonly PlannedStream[] {
  const known = new Map(streams.map((stream) => [stream.name, stream]));
  const given = catalog.streams.map((entry) => completeEntry(entry, known));
  for (const entry of given) {
    if (streamSelection(entry).selected && !known.has(entry.tap_stream_id)) unknown(entry, known);
  }
  const entries = new Map(given.map((entry) => [entry.tap_stream_id, entry]));
  const plans = new Map<string, PlannedStream | undefined>();
  const below = childrenByParent(streams);
  const planOf = (stream: Stream): PlannedStream | undefined => {
    if (plans.has(stream.name)) return plans.get(stream.name);
    const all = below.get(stream.name) ?? [];
    const children = all.flatMap(({ link, child }) => {
      const plan = planOf(child);
      return plan === undefined ? [] : [{ link, plan }];
    });
    const dormant = all.flatMap(({ child }) => (planOf(child)?.selected ? [] : [child.name]));
    const entry = entries.get(stream.name);
    const selected = entry !== undefined && streamSelection(entry).selected;
    const plan =
      selected || children.length > 0
        ? { ...planStream(stream, entry ?? catalogEntry(stream), selected, children), dormant }
        : undefined;
    plans.set(stream.name, plan);
    return plan;
  };
  const order = [...entries.keys(), ...known.keys()];
  return [...new Set(order)].flatMap((name) => {
    const stream = known.get(name);
    if (stream === undefined || (stream.parents ?? []).length > 0) return [];
    return planOf(stream) ?? [];
  });
}

/** A catalog that was made by hand may hold little more than names: the rest is as the stream has it. */
function completeEntry(entry: CatalogStream, known: ReadonlyMap<string, Stream>): CatalogStream {
  const { tap_stream_id: id, stream: name, schema }: Partial<CatalogStream> = entry;
  const stream = id ?? name ?? '';
  const own = known.get(stream)?.schema.json;
  return {
    ...entry,
    tap_stream_id: stream,
    stream: name ?? stream,
    schema: (isJsonObject(schema) && describes(schema) ? schema : own) ?? {},
  };
}

function describes({ properties, additionalProperties }: JsonObject): boolean {
  return properties !== undefined || additionalProperties !== undefined;
}

interface Child {
  readonly link: ParentLink;
  readonly child: Stream;
}

function childrenByParent(streams: readonly Stream[]): ReadonlyMap<string, readonly Child[]> {
  const found = new Map<string, Child[]>();
  for (const child of streams) {
    for (const link of child.parents ?? []) {
      const known = found.get(link.stream);
      if (known === undefined) found.set(link.stream, [{ link, child }]);
      else known.push({ link, child });
    }
  }
  return found;
}

function unknown(entry: CatalogStream, known: ReadonlyMap<string, unknown>): never {
  throw tapError('unknown_stream', {
    message: `The catalog selects the stream "${entry.tap_stream_id}", which does not exist`,
    hint: `the streams are ${[...known.keys()].join(', ') || '(none)'}; discover again to renew the catalog`,
    details: { stream: entry.tap_stream_id },
  });
}

function planStream(
  stream: Stream,
  entry: CatalogStream,
  selected: boolean,
  children: readonly PlannedChild[],
): Omit<PlannedStream, 'dormant'> {
  const root = entry.metadata?.find((each) => each.breadcrumb.length === 0)?.metadata ?? {};
  const keys = keysOf(stream, entry, root);
  const replicationKey =
    text(root['replication-key']) ?? text(entry.replication_key) ?? stream.replicationKey;
  const needsAll = children.some(({ link }) => link.allRecords === true);
  const possible = methodOf(stream, entry, root);
  const method = needsAll ? 'FULL_TABLE' : possible;
  const fixed = new Set([
    ...keys,
    ...(method === 'INCREMENTAL' && replicationKey !== undefined ? [replicationKey] : []),
  ]);
  const selection = streamSelection(entry);
  const isPropertySelected = (path: readonly string[]) =>
    (path.length === 1 && fixed.has(path[0] ?? '')) || selection.isPropertySelected(path);
  const schema = selectedSchema(entry.schema, { selected: true, isPropertySelected });
  if (method === 'INCREMENTAL') assertReplicationKey(stream, replicationKey);
  if (selected)
    assertCatalogProperties(stream, entry.schema, {
      keys,
      replicationKey: method === 'INCREMENTAL' ? replicationKey : undefined,
    });
  return {
    stream,
    name: entry.stream,
    schema,
    unwanted: unwantedMembers({
      own: stream.schema.json,
      selected: schema,
      metadata: entry.metadata,
      isPropertySelected,
    }),
    keys,
    method,
    refusedMethod: refusedMethod(root, possible),
    replicationKey,
    selected,
    children,
    uncataloged: uncataloged(stream, entry.schema),
    whole: JSON.stringify(schema['properties']) === JSON.stringify(stream.schema.json['properties']),
  };
}

/** A project changes one of the two places where a catalog has them; the other still says what the stream has itself. */
function keysOf(stream: Stream, entry: CatalogStream, root: JsonObject): readonly string[] {
  const own = stream.keys ?? [];
  const given = [stringList(entry.key_properties), stringList(root['table-key-properties'])].filter(
    (keys) => keys !== undefined,
  );
  return given.find((keys) => String(keys) !== String(own)) ?? given[0] ?? own;
}

function methodOf(stream: Stream, entry: CatalogStream, root: JsonObject): ReplicationMethod {
  const wish =
    text(root['forced-replication-method']) ??
    text(root['replication-method']) ??
    text(entry.replication_method);
  const isPossible =
    wish === 'FULL_TABLE' || wish === 'INCREMENTAL' || (wish === 'LOG_BASED' && stream.logBased === true);
  return isPossible ? wish : defaultMethod(stream);
}

/** A project asks for it with this member alone; the others are the tap's own. */
function refusedMethod(root: JsonObject, method: ReplicationMethod): string | undefined {
  const wish = text(root['replication-method']);
  return wish === undefined || wish === method ? undefined : wish;
}

function assertReplicationKey(stream: Stream, key: string | undefined): void {
  const valid = validReplicationKeys(stream);
  if (key !== undefined && valid.includes(key)) return;
  throw tapError('no_replication_key', {
    message:
      key === undefined
        ? `Stream ${stream.name} is to be read incrementally, but has no replication key`
        : `"${key}" cannot be the replication key of stream ${stream.name}`,
    hint: valid.length === 0 ? 'choose FULL_TABLE for it' : `choose one of ${valid.join(', ')}`,
    details: { stream: stream.name },
  });
}

/** The empty text counts as unset: catalogs in the wild have it. */
function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function stringList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((item): item is string => typeof item === 'string');
  return names.length === 0 ? undefined : names;
}

/** None where the catalog's schema is open to more than it names. */
function uncataloged(stream: Stream, { properties, additionalProperties: more = false }: JsonObject) {
  if (!isJsonObject(properties) || more !== false) return [];
  return propertyNames(stream.schema.json).filter((name) => !Object.hasOwn(properties, name));
}

/** Names of the top-level properties of a schema. */
export function propertyNames(schema: JsonObject): readonly string[] {
  return isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
}
