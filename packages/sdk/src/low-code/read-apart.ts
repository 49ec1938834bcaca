import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { SourceContext } from '../tap/define-tap.ts';
import type { Stream, StreamContext, StreamPartition } from '../tap/stream.ts';

/** What a stream is read with beside the run, which knows nothing of it. */
export interface ApartWorld {
  readonly source: SourceContext<unknown>;
  /** The streams that are finished, by name: a parent comes before its children. */
  finished(name: string): Promise<Stream>;
}

export interface ApartRecord {
  readonly record: JsonObject;
  readonly partition: StreamPartition;
}

/** What a stream has from its start date on, with its parents read for it; `limit` bounds how many partitions are read. */
export async function* readApart(
  stream: Stream,
  world: ApartWorld,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<ApartRecord> {
  let isEnded = false;
  for await (const partition of partitionsApart(stream, world, limit)) {
    const context = apartContext(partition, world, stream, () => {
      isEnded = true;
    });
    for await (const some of stream.records(context))
      for (const record of [some].flat() as readonly JsonObject[]) yield { record, partition };
    if (isEnded || world.source.signal.aborted) return;
  }
}

/** The first `limit` of what a stream is read for. */
export async function* partitionsApart(
  stream: Stream,
  world: ApartWorld,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<StreamPartition> {
  let left = limit;
  for await (const outer of outerPartitions(stream, world, limit)) {
    for (const inner of await ownPartitions(stream)) {
      yield { ...outer, ...inner };
      left -= 1;
      if (left === 0) return;
    }
  }
}

async function* outerPartitions(
  { parents = [] }: Stream,
  world: ApartWorld,
  limit: number,
): AsyncGenerator<StreamPartition> {
  if (parents.length === 0) yield {};
  for (const link of parents) {
    const parent = await world.finished(link.stream);
    for await (const { record, partition } of readApart(parent, world, limit)) {
      const made = link.partition(record, partition);
      if (made !== undefined) yield* [made].flat() as readonly StreamPartition[];
    }
  }
}

async function ownPartitions({ partitions = [{}] }: Stream): Promise<Iterable<StreamPartition>> {
  return typeof partitions === 'function' ? partitions() : partitions;
}

export function apartContext(
  partition: StreamPartition,
  { source }: ApartWorld,
  stream: Stream,
  endStream: () => void = () => {},
): StreamContext {
  return {
    log: source.log,
    clock: source.clock,
    signal: source.signal,
    replicationMethod: 'FULL_TABLE',
    replicationKey: undefined,
    partition,
    start: stream.startDate ?? startDateOf(source.config),
    end: undefined,
    bookmark: undefined,
    schema: {},
    columns: [],
    maxRecords: undefined,
    endStream,
    breakOff() {},
    saveBookmark() {},
  };
}

function startDateOf(config: unknown): string | undefined {
  const start = isJsonObject(config as JsonValue) ? (config as JsonObject)['start_date'] : undefined;
  return typeof start === 'string' ? start : undefined;
}
