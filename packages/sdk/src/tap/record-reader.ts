import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import { createConform, pathsOf } from './conform.ts';
import type { Cursor } from './cursor.ts';
import { tapError } from './errors.ts';
import { type PlannedStream, propertyNames } from './plan-stream.ts';
import type { StreamPartition } from './stream.ts';

/** Counts of an INCREMENTAL stream. */
export interface Unplaced {
  /** Records that were looked at. */
  seen: number;
  /** Without a value of the replication key. */
  missing: number;
  /** With one that is no time although the schema says so. */
  unreadable: number;
  /** Bookmarks that lie in the future. */
  ahead: number;
  /** Bookmarks that are not of this replication key. */
  foreign: number;
}

export interface RecordReader {
  /** Makes a record of what the stream yielded; undefined for one that an earlier run has had. */
  accept(value: unknown, partition: StreamPartition, cursor: Cursor | undefined): JsonObject | undefined;
  /** The same without a look at its place in the order. */
  conform(value: unknown): JsonObject;
}

/** Names that are data would fill the memory, and the log. */
const mostUnknown = 1_000;

/** Counts what the tap's own schema does not have in `unknown`; what is only deselected goes without a word. */
export function recordReader(
  plan: PlannedStream,
  unknown: Map<string, number>,
  unplaced: Unplaced,
): RecordReader {
  const { stream } = plan;
  const asItIs = stream.exact === true && plan.whole && plan.unwanted.size === 0;
  const own = new Set([...pathsOf(stream.schema.json), ...pathsOf(plan.schema)]);
  const count = (name: string) => {
    const known = unknown.get(name);
    if (known !== undefined) unknown.set(name, known + 1);
    else if (unknown.size < mostUnknown && !own.has(name)) unknown.set(name, 1);
  };
  const conform = asItIs
    ? (value: unknown) => value as JsonObject
    : createConform(plan.schema, { onUnknown: count, unwanted: plan.unwanted });
  const properties = new Set(propertyNames(plan.schema));
  const added = (partition: StreamPartition) =>
    Object.entries(partition).filter(([name]) => properties.has(name));
  let last: StreamPartition = {};
  let members: readonly (readonly [string, JsonValue])[] = [];
  const accept: RecordReader['accept'] = (value, partition, cursor) => {
    const record = unlessTooDeep(plan.name, () => conform(value));
    if (!asItIs && !isJsonObject(record)) throw notARecord(plan.name, value);
    if (partition !== last) {
      last = partition;
      members = added(partition);
    }
    for (const [name, member] of members)
      if (record[name] === undefined) setMember(record as never, name, member);
    if (cursor === undefined) return record;
    unplaced.seen += 1;
    return cursor.admit(record) ? record : undefined;
  };
  return { conform, accept };
}

/** Whoever walks through a record does so by recursion; the host's own error names no stream. */
export function unlessTooDeep<T>(stream: string, walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof RangeError && error.message.includes('call stack'))) throw error;
    throw tapError('invalid_record', {
      message: `Stream ${stream} yielded a record that is nested too deeply`,
      hint: 'leave the property out with `meltano select`, or let the tap make a text of it',
      details: { stream },
      cause: error,
    });
  }
}

function notARecord(stream: string, value: unknown) {
  return tapError('invalid_record', {
    message: `Stream ${stream} yielded ${value === null ? 'null' : `a ${typeof value}`} instead of a record`,
    hint: 'a record is an object: make one of it, { value: … }, where the stream yields it (in rest with "records" as a function)',
    details: { stream },
  });
}
