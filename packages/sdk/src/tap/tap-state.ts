import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import { tapError } from './errors.ts';
import type { StreamPartition } from './stream.ts';

/**
 * The state of a tap in the Meltano SDK's shape: `{"bookmarks": {"<stream>": {…, "partitions": [{"context": {…}, …}]}}}`.
 * Streams and members that this tap does not know stay as they are (Singer rules 41 and 64). Partitions are kept
 * in a map, so that saving one costs the same however many there are.
 */
export interface TapState {
  /** The bookmark of a stream, or of one of its partitions. */
  bookmark(stream: string, partition?: StreamPartition): JsonObject | undefined;
  hasPartitions(stream: string): boolean;
  /** The state has something of the stream that is no bookmark of any shape known here. */
  isForeign(stream: string): boolean;
  /** Its parent has moved on while it was not selected: what lies between was never read. */
  isBehind(stream: string): boolean;
  /** Returns true when the state changed. */
  setBehind(stream: string, isBehind: boolean): boolean;
  /** Returns true when the state changed. */
  save(stream: string, bookmark: JsonObject, partition?: StreamPartition): boolean;
  /** A whole snapshot; what did not change since the last one is the same objects. */
  value(): JsonObject;
  /** About the length of a snapshot as text. */
  readonly size: number;
}

interface StreamState {
  own: JsonObject;
  isBehind: boolean;
  /** By canonical text of the context, each as it stands in the state: its context beside its bookmark. */
  readonly partitions: Map<string, JsonObject>;
}

export function createTapState(given: JsonValue | undefined): TapState {
  assertState(given);
  const rest = isJsonObject(given) ? given : {};
  const streams = new Map<string, StreamState | JsonValue>(
    Object.entries(isJsonObject(rest['bookmarks']) ? rest['bookmarks'] : {}).map(([name, value]) => [
      name,
      isJsonObject(value) ? streamState(value) : value,
    ]),
  );
  const find = (stream: string): StreamState | undefined => {
    const state = streams.get(stream);
    return isStreamState(state) ? state : undefined;
  };
  const place = (stream: string): StreamState => {
    const known = find(stream);
    if (known !== undefined) return known;
    const made: StreamState = { own: {}, isBehind: false, partitions: new Map() };
    streams.set(stream, made);
    return made;
  };
  const foreign = new Set(
    [...streams].flatMap(([name, value]) => (isStreamState(value) || value === null ? [] : [name])),
  );
  let size = sizeOf(rest);
  const grow = (before: JsonObject | undefined, after: JsonObject) => {
    size += sizeOf(after) - (before === undefined ? 0 : sizeOf(before));
  };
  return {
    get size() {
      return size;
    },
    bookmark(stream, partition) {
      const state = find(stream);
      if (partition === undefined || isEmpty(partition)) {
        // A stream that has only partitions has no bookmark of its own.
        return state === undefined || (isEmpty(state.own) && state.partitions.size > 0)
          ? undefined
          : state.own;
      }
      const entry = state?.partitions.get(partitionKey(partition));
      if (entry === undefined) return undefined;
      const { context: _, ...bookmark } = entry;
      return bookmark;
    },
    hasPartitions: (stream) => (find(stream)?.partitions.size ?? 0) > 0,
    isForeign: (stream) => foreign.has(stream),
    isBehind: (stream) => find(stream)?.isBehind === true,
    setBehind(stream, isBehind) {
      const state = find(stream);
      if (state === undefined || state.isBehind === isBehind) return false;
      state.isBehind = isBehind;
      return true;
    },
    save(stream, bookmark, partition) {
      const isNew = find(stream) === undefined;
      const state = place(stream);
      if (partition === undefined || isEmpty(partition)) {
        const changed = isNew || !isSame(state.own, bookmark);
        grow(state.own, bookmark);
        state.own = bookmark;
        return changed;
      }
      const key = partitionKey(partition);
      const before = state.partitions.get(key);
      const entry = { context: partition, ...bookmark };
      if (before !== undefined && isSame(before, entry)) return false;
      grow(before, entry);
      state.partitions.set(key, entry);
      return true;
    },
    value: () => ({
      ...rest,
      bookmarks: Object.fromEntries(
        [...streams].map(([name, state]) => [name, isStreamState(state) ? stateValue(state) : state]),
      ),
    }),
  };
}

/** Read as none, a broken state would load everything once more. */
function assertState(given: JsonValue | undefined): void {
  if (given === undefined || given === null) return;
  const bookmarks = isJsonObject(given) ? (given['bookmarks'] ?? {}) : undefined;
  if (isJsonObject(bookmarks)) return;
  throw tapError('invalid_state', {
    message: `The state is not one of this tap: ${isJsonObject(given) ? '"bookmarks"' : 'it'} must be an object`,
    hint: 'correct it with `meltano state edit` or clear it with `meltano state clear`, then run again',
  });
}

/** Members in the order of their names, so that a context is found again however it was written. */
export function partitionKey(partition: StreamPartition): string {
  return JSON.stringify(Object.entries(partition).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function isStreamState(value: StreamState | JsonValue | undefined): value is StreamState {
  return (
    typeof value === 'object' && value !== null && 'partitions' in value && value['partitions'] instanceof Map
  );
}

/** What the Python SDK writes while a run is under way; it means nothing to the next run. */
const transient: ReadonlySet<string> = new Set([
  'progress_markers',
  'starting_replication_value',
  'replication_key_signpost',
]);

function lasting(bookmark: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(bookmark).filter(([name]) => !transient.has(name)));
}

/** The member of a stream's state that says so. */
const behind = 'behind_parent';

function streamState(value: JsonObject): StreamState {
  const { partitions, [behind]: flag, ...own } = value;
  const isBehind = flag === true;
  if (!isJsonArray(partitions)) {
    const rest = partitions === undefined ? own : { ...own, partitions };
    return { own: lasting(rest), isBehind, partitions: new Map() };
  }
  const known: StreamState['partitions'] = new Map();
  for (const entry of partitions) {
    if (!isJsonObject(entry)) continue;
    const { context, ...bookmark } = entry;
    if (isJsonObject(context)) known.set(partitionKey(context), { context, ...lasting(bookmark) });
  }
  return { own: lasting(own), isBehind, partitions: known };
}

function stateValue({ own, isBehind, partitions }: StreamState): JsonObject {
  if (partitions.size === 0 && !isBehind) return own;
  return {
    ...own,
    ...(isBehind ? { [behind]: true } : {}),
    ...(partitions.size === 0 ? {} : { partitions: [...partitions.values()] }),
  };
}

function isEmpty(value: JsonObject): boolean {
  for (const _ in value) return false;
  return true;
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return stringifyJson(a) === stringifyJson(b);
}

function sizeOf(value: JsonObject): number {
  return stringifyJson(value).length;
}
