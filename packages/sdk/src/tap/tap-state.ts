import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
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
  /** The partitions that have a bookmark. */
  partitions(stream: string): readonly StreamPartition[];
  /** Returns true when the state changed. */
  save(stream: string, bookmark: JsonObject, partition?: StreamPartition): boolean;
  /** A whole snapshot. */
  value(): JsonObject;
}

interface StreamState {
  own: JsonObject;
  /** By canonical text of the context. */
  readonly partitions: Map<string, { readonly context: StreamPartition; readonly bookmark: JsonObject }>;
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
    const made: StreamState = { own: {}, partitions: new Map() };
    streams.set(stream, made);
    return made;
  };
  return {
    bookmark(stream, partition) {
      const state = find(stream);
      if (partition === undefined || isEmpty(partition)) {
        // A stream that has only partitions has no bookmark of its own.
        return state === undefined || (isEmpty(state.own) && state.partitions.size > 0)
          ? undefined
          : state.own;
      }
      return state?.partitions.get(partitionKey(partition))?.bookmark;
    },
    partitions: (stream) => [...(find(stream)?.partitions.values() ?? [])].map(({ context }) => context),
    save(stream, bookmark, partition) {
      const isNew = find(stream) === undefined;
      const state = place(stream);
      if (partition === undefined || isEmpty(partition)) {
        const changed = isNew || !isSame(state.own, bookmark);
        state.own = bookmark;
        return changed;
      }
      const key = partitionKey(partition);
      const before = state.partitions.get(key)?.bookmark;
      state.partitions.set(key, { context: partition, bookmark });
      return before === undefined || !isSame(before, bookmark);
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

function streamState(value: JsonObject): StreamState {
  const { partitions, ...own } = value;
  if (!isJsonArray(partitions)) return { own: lasting(value), partitions: new Map() };
  const known: StreamState['partitions'] = new Map();
  for (const entry of partitions) {
    if (!isJsonObject(entry)) continue;
    const { context, ...bookmark } = entry;
    if (isJsonObject(context)) known.set(partitionKey(context), { context, bookmark: lasting(bookmark) });
  }
  return { own: lasting(own), partitions: known };
}

function stateValue({ own, partitions }: StreamState): JsonObject {
  if (partitions.size === 0) return own;
  return {
    ...own,
    partitions: [...partitions.values()].map(({ context, bookmark }) => ({ context, ...bookmark })),
  };
}

function isEmpty(value: JsonObject): boolean {
  for (const _ in value) return false;
  return true;
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
