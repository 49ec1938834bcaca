import type { Clock } from '@meltano/foundation/clock';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { RunEvent, RunEventBody } from '../events.ts';

/**
 * Numbers and times the events of one run, and takes secrets out of what people read. `run-finished` is the last
 * one: a connector that was given up may go on talking, but nobody hears it.
 */
export interface EventEmitter {
  emit(body: RunEventBody): void;
  /** A log whose lines become events; with a block, that block's. */
  log(block?: number): Log;
}

export function createEventEmitter(options: {
  readonly runId: string;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly onEvent: (event: RunEvent) => void;
}): EventEmitter {
  const { runId, clock, redactor, onEvent } = options;
  let seq = 0;
  let isFinished = false;
  const emit = (body: RunEventBody) => {
    if (isFinished) return;
    isFinished = body.kind === 'run-finished';
    seq += 1;
    onEvent({ runId, seq, at: clock.now(), ...body });
  };
  return {
    emit,
    log: (block) => ({
      // Invariant 5: whatever a plugin or connector says passes here.
      log: (level, event, fields = {}) =>
        emit({
          kind: 'log',
          ...(block === undefined ? {} : { block }),
          level,
          event: redactor.apply(event),
          fields: redactFields(fields, redactor),
        }),
    }),
  };
}

function redactFields(
  fields: Readonly<Record<string, unknown>>,
  redactor: Redactor,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? redactor.apply(value) : value,
    ]),
  );
}
