import type { JsonObject } from '@meltano/foundation/json';
import { withFields } from '@meltano/foundation/log';
import type { TapContext } from '../connector.ts';
import type { CursorWindow } from './cursor.ts';
import { propertyNames } from './plan-stream.ts';
import type { StreamContext, StreamPartition } from './stream.ts';
import type { PartitionCursor, StreamReading } from './stream-reading.ts';
import type { TapState } from './tap-state.ts';

interface ContextParts {
  readonly state: TapState;
  readonly partition: StreamPartition;
  readonly place: PartitionCursor;
  readonly window: CursorWindow;
  saveBookmark(bookmark: JsonObject): void;
  breakOff(): void;
}

/** What a stream is given for one window of one partition. */
export function streamContext(
  reading: StreamReading,
  context: TapContext,
  parts: ContextParts,
): StreamContext {
  const { plan } = reading;
  const { partition, place, window } = parts;
  return {
    log: withFields(context.log, { stream: plan.name }),
    clock: context.clock,
    signal: context.signal,
    replicationMethod: plan.method,
    replicationKey: plan.method === 'INCREMENTAL' ? plan.replicationKey : undefined,
    partition,
    start: window.start,
    end: window.end,
    bookmark: plan.method === 'FULL_TABLE' ? undefined : parts.state.bookmark(plan.stream.name, place.key),
    schema: plan.schema,
    columns: propertyNames(plan.schema),
    maxRecords: context.maxRecords,
    endStream: () => reading.end(),
    breakOff: parts.breakOff,
    saveBookmark: parts.saveBookmark,
  };
}
