import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { tapError } from './errors.ts';
import type { PlannedStream } from './plan-stream.ts';
import type { StreamContext } from './stream.ts';

/** What a stream yields, step by step. */
export interface RecordSource {
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  close(): Promise<void>;
}

/** Says which stream failed, without hiding a code that the stream gave itself. */
export function openRecords(plan: PlannedStream, context: StreamContext): RecordSource {
  const failed = (cause: unknown): never => {
    if (isAppError(cause)) throw cause;
    const message = `Stream ${plan.name} failed: ${errorMessage(cause)}`;
    throw tapError('stream_failed', { message, details: { stream: plan.name }, cause });
  };
  const attempt = <T>(work: () => T): T => {
    try {
      const result = work();
      return result instanceof Promise ? (result.catch(failed) as T) : result;
    } catch (cause) {
      return failed(cause);
    }
  };
  const iterator = attempt(() => {
    const records = plan.stream.records(context);
    return Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]();
  });
  let ended = false;
  return {
    next() {
      const step = attempt(() => iterator.next());
      if (!(step instanceof Promise)) ended = step.done === true;
      return step;
    },
    async close() {
      if (!ended) await attempt(() => iterator.return?.());
    },
  };
}
