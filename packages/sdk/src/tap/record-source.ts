import { AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import { tapError } from './errors.ts';
import type { PlannedStream } from './plan-stream.ts';
import { renderPartition } from './render-partition.ts';
import type { StreamContext } from './stream.ts';

/** What a stream yields, step by step. */
export interface RecordSource {
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  close(): Promise<void>;
}

/** Says which stream failed, without hiding a code that the stream gave itself. */
export function openRecords(plan: PlannedStream, context: StreamContext): RecordSource {
  const failed = (cause: unknown): never => {
    const isPart = Object.keys(context.partition).length > 0;
    const place = `Stream ${plan.name}${isPart ? ` of ${renderPartition(context.partition)}` : ''}`;
    const details = { stream: plan.name, ...(isPart ? { partition: context.partition } : {}) };
    if (!isAppError(cause)) {
      const message = `${place} failed: ${errorMessage(cause)}`;
      throw tapError('stream_failed', { message, details, cause });
    }
    if (!isPart || cause.category === 'cancelled') throw cause;
    const { code, category, hint, message } = cause;
    throw new AppError({
      code,
      category,
      hint,
      message: `${place} failed: ${message}`,
      place: cause.place,
      details: { ...cause.details, ...details },
      cause: cause.cause,
    });
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
