import { type AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Log } from '@meltano/foundation/log';
import { mapperError } from './errors.ts';

/** What becomes of a record for which an expression fails; see the setting `stream_map_errors`. */
export const mapFailurePolicies = ['fail', 'refuse', 'discard_value'] as const;
export type MapFailurePolicy = (typeof mapFailurePolicies)[number];

/** The failures of the expressions of one stream, counted (Invariant 4). */
export interface MapFailures {
  readonly policy: MapFailurePolicy;
  /** The record is left out. Throws what must end the run: a mistake of the map itself, or one failure too many. */
  refuse(error: unknown): void;
  /** The property becomes null. Throws as `refuse` does. */
  replace(error: unknown): void;
}

export interface MapFailureLimits {
  readonly policy: MapFailurePolicy;
  /** So many failures of a stream do not end the run. */
  readonly most: number;
}

/** Counts failures of all streams; `tell` says at the end how many there were. */
export interface MapFailureCounts {
  of(stream: string): MapFailures;
  tell(): void;
}

interface Count {
  refused: number;
  replaced: number;
}

export function createMapFailures({ policy, most }: MapFailureLimits, log: Log): MapFailureCounts {
  const counts = new Map<string, Count>();
  return {
    of(stream) {
      // A stream whose schema comes again goes on counting.
      const count = counts.get(stream) ?? { refused: 0, replaced: 0 };
      counts.set(stream, count);
      const add = (what: keyof Count, error: unknown) => {
        if (!isOfRecord(error)) throw error;
        const total = count.refused + count.replaced + 1;
        if (total > most) throw tooMany(stream, most, error);
        count[what] += 1;
        if (total > 1) return;
        const becomes = what === 'refused' ? 'the record is left out' : 'the value becomes null';
        log.log('warning', `Stream ${stream}: ${errorMessage(error)}; ${becomes}, and others like it`, {
          stream,
        });
      };
      return {
        policy,
        refuse: (error) => add('refused', error),
        replace: (error) => add('replaced', error),
      };
    },
    tell() {
      for (const [stream, { refused, replaced }] of counts) {
        if (refused > 0)
          log.log(
            'warning',
            `Stream ${stream}: ${refused} records were left out, since stream_maps failed for them`,
            {
              stream,
              count: refused,
            },
          );
        if (replaced > 0)
          log.log(
            'warning',
            `Stream ${stream}: ${replaced} values became null, since stream_maps failed for them`,
            {
              stream,
              count: replaced,
            },
          );
      }
    },
  };
}

/** Anything else, such as a name that no record can have, is no fault of the record. */
function isOfRecord(error: unknown): error is AppError {
  return isAppError(error) && error.code === 'expression.failed';
}

function tooMany(stream: string, most: number, cause: AppError) {
  return mapperError('too_many_failures', {
    message: `stream_maps failed for more than ${most} records of stream ${stream} (max_stream_map_errors), at last with: ${cause.message}`,
    hint: 'correct the expression, or raise max_stream_map_errors',
    place: cause.place,
    details: { stream, most },
    cause,
  });
}
