import type { JsonObject } from '@meltano/foundation/json';
import type { Slots } from '../slots.ts';
import type { Sink } from './sink.ts';

/**
 * The records of one stream on their way through a sink. Positions count records: `taken` in, `durable` out. Batches
 * go one after the other; `failed` hears of the first that does not.
 */
export interface SinkLane {
  readonly taken: number;
  readonly durable: number;
  /** Bytes that are not written yet. */
  readonly waiting: number;
  add(rows: readonly JsonObject[], bytes: number): void;
  /** Starts to write what has been gathered. */
  send(): void;
  /** Resolves when all that was sent is written, or throws what went wrong. */
  settled(): Promise<void>;
  /** All is written and durable, unless the sink makes that only at its close. */
  flush(): Promise<void>;
  /** After `settled`: the sink gives way to another, or the stream is over. */
  replace(next: Sink): void;
  /** Does nothing the second time. */
  close(complete: boolean): Promise<void>;
  readonly sink: Sink;
}

export interface LaneOptions {
  readonly rows: number;
  readonly bytes: number;
  readonly slots: Slots;
  /** Rows have become durable. */
  onDurable(): void;
  onFailure(error: unknown): void;
}

export function createSinkLane(stream: string, first: Sink, runId: string, options: LaneOptions): SinkLane {
  let sink = first;
  let pending: JsonObject[] = [];
  let pendingBytes = 0;
  let waiting = 0;
  let taken = 0;
  let written = 0;
  let durable = 0;
  let batches = 0;
  let closed = false;
  let tail: Promise<void> = Promise.resolve();

  const becomeDurable = () => {
    if (sink.durableAtClose) return;
    durable = written;
    options.onDurable();
  };

  const send = () => {
    if (pending.length === 0) return;
    const [rows, bytes, number] = [pending, pendingBytes, batches];
    pending = [];
    pendingBytes = 0;
    batches += 1;
    const batch = { id: `${runId}-${stream}-${number}`, number, bytes };
    tail = tail.then(() =>
      options.slots.use(async () => {
        await sink.write(rows, batch);
        written += rows.length;
        waiting -= bytes;
        if (sink.flush === undefined) becomeDurable();
      }),
    );
    // Whoever waits for it hears of it, too; nobody may be waiting.
    tail.catch((error: unknown) => options.onFailure(error));
  };

  return {
    get taken() {
      return taken;
    },
    get durable() {
      return durable;
    },
    get waiting() {
      return waiting;
    },
    get sink() {
      return sink;
    },
    add(rows, bytes) {
      for (const row of rows) pending.push(row);
      taken += rows.length;
      pendingBytes += bytes;
      waiting += bytes;
      if (pending.length >= options.rows || pendingBytes >= options.bytes) send();
    },
    send,
    settled: () => tail,
    async flush() {
      send();
      await tail;
      if (sink.flush === undefined || durable === written) return;
      await sink.flush();
      becomeDurable();
    },
    replace(next) {
      sink = next;
    },
    async close(complete) {
      if (closed) return;
      closed = true;
      await sink.close?.({ complete });
      if (!complete || !sink.durableAtClose) return;
      durable = written;
      options.onDurable();
    },
  };
}
