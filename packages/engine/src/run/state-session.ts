import type { Clock } from '@meltano/foundation/clock';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { isJsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { effectiveState } from '../state/state-record.ts';
import type { Lease, LeaseHolder, StateStore } from '../state/state-store.ts';
import { runError } from './errors.ts';
import type { RunRecord, RunRecords } from './run-records.ts';
import type { RunRequest } from './run-request.ts';
import { createStateWriter, type StateWriter } from './state-writer.ts';

/**
 * The right to run a state id, held from `openStateSession` to `close`: a lease, a RUNNING row, and a sign of
 * life every second (Invariant 3).
 */
export interface StateSession {
  readonly writer: StateWriter;
  /** The state that the tap begins from: partial laid over complete; undefined when there is none. */
  loadState(): Promise<JsonValue | undefined>;
  /** Stores the last state, closes the row, gives the lease back. */
  close(end: { readonly state: 'SUCCESS' | 'FAIL'; readonly error?: string }): Promise<void>;
}

export interface StateSessionOptions {
  readonly runId: string;
  readonly stateId: string;
  readonly request: RunRequest;
  readonly store: StateStore;
  readonly records: RunRecords;
  readonly holder: LeaseHolder;
  readonly clock: Clock;
  readonly log: Log;
  onStored(): void;
  /** The run must end: its state cannot be stored, or another run has taken over. */
  onFatal(error: unknown): void;
}

const heartbeatMs = 1_000;
const killedUnceremoniously = 'The process was likely killed unceremoniously.';

export async function openStateSession(options: StateSessionOptions): Promise<StateSession> {
  const { store, records, stateId, request, clock, log } = options;
  let lease = await takeLease(options);
  try {
    await refuseSecondRun(options);
    const row = await records.start({ runId: options.runId, stateId, trigger: request.trigger });
    const flags = storesPartial(request) ? 2 : 1;
    const writer = createStateWriter({
      store,
      stateId,
      clock,
      lease: () => lease,
      partial: flags === 2,
      async onStored(payload) {
        options.onStored();
        await records.savePayload(row, payload, flags).catch((error: unknown) => {
          log.log('warning', `The state was stored, but not beside the run: ${errorMessage(error)}`);
        });
      },
      onFailure: options.onFatal,
    });
    const ended = new AbortController();
    const beats = beat(options, ended.signal, row, async () => {
      lease = await store.renewLease(lease);
    });
    return {
      writer,
      loadState: () => loadState(store, stateId),
      async close(end) {
        const failure = await writer.flush().then(
          () => undefined,
          (error: unknown) => error,
        );
        ended.abort();
        await beats;
        const state = failure === undefined ? end.state : 'FAIL';
        const error = end.error ?? (failure === undefined ? undefined : errorMessage(failure));
        try {
          await records.finish(row, { state, ...(error === undefined ? {} : { error }) });
        } finally {
          await store.releaseLease(lease).catch(() => {});
        }
        if (failure !== undefined) throw failure;
      },
    };
  } catch (error) {
    await store.releaseLease(lease).catch(() => {});
    throw error;
  }
}

/** Source: meltano-runtime §3.8. */
export function storesPartial(request: RunRequest): boolean {
  const strategy = request.stateStrategy ?? 'auto';
  return strategy === 'merge' || (strategy === 'auto' && request.fullRefresh === true);
}

async function takeLease(options: StateSessionOptions): Promise<Lease> {
  const { store, stateId, holder, records, log, request } = options;
  const force = request.force === true;
  const answer = await store.acquireLease(stateId, holder, { force });
  if (answer.kind === 'held') {
    const [running] = await records.findRunning(stateId);
    throw alreadyRunning(request, stateId, running, answer.by.expiresAt);
  }
  const before = answer.replaced?.holder;
  if (before !== undefined && force) {
    log.log(
      'warning',
      `The run ${before.runId} of '${stateId}' lost its right to store state because of '--force'`,
    );
  } else if (before !== undefined) {
    log.log('info', `The run ${before.runId} of '${stateId}' ended without closing; this run takes over`);
    await records.failRun(before.runId, killedUnceremoniously);
  }
  return answer.lease;
}

/** A row that is RUNNING without a lease belongs to Meltano itself, or to a run on another state backend. */
async function refuseSecondRun(options: StateSessionOptions): Promise<void> {
  const { records, stateId, request, log } = options;
  for (const { run, error } of await records.failStale(stateId)) {
    const started = run.startedAt === undefined ? 'an unknown time' : renderTime(run.startedAt);
    log.log('info', `Marked stale run that started at ${started} as failed: ${error}`);
  }
  const [running] = await records.findRunning(stateId);
  if (running === undefined) return;
  if (request.force) {
    log.log('warning', `Another run of '${stateId}' is not over; running beside it because of '--force'`);
    return;
  }
  throw alreadyRunning(request, stateId, running, undefined);
}

function alreadyRunning(
  request: RunRequest,
  stateId: string,
  running: RunRecord | undefined,
  leaseEnds: number | undefined,
) {
  const started =
    running?.startedAt === undefined ? '' : ` which started at ${renderTime(running.startedAt)}`;
  const until = leaseEnds ?? validUntil(running);
  const rest =
    request.command === 'run'
      ? `. Wait until ${renderTime(until)} when the job will be automatically cancelled if stale, or ignore this check using the '--force' option`
      : ". To ignore this check use the '--force' option";
  return runError('already_running', {
    message: `Another '${stateId}' pipeline is already running${started}${rest}`,
    hint: 'wait for that run to end, or use --force',
    details: { stateId, runId: running?.runId },
  });
}

const heartbeatValidMs = 5 * 60 * 1000;
const runValidMs = 24 * 60 * 60 * 1000;

function validUntil(running: RunRecord | undefined): number {
  if (running?.lastHeartbeatAt !== undefined) return running.lastHeartbeatAt + heartbeatValidMs;
  return (running?.startedAt ?? 0) + runValidMs;
}

/** As Python prints a time with zone. */
function renderTime(at: number): string {
  const date = new Date(at).toISOString();
  return `${date.slice(0, 10)} ${date.slice(11, 23)}000+00:00`;
}

async function loadState(store: StateStore, stateId: string): Promise<JsonValue | undefined> {
  try {
    const record = await store.get(stateId);
    const state = record && effectiveState(record)['singer_state'];
    return isEmpty(state) ? undefined : state;
  } catch (cause) {
    throw runError('state_not_read', {
      message: `Failed to retrieve state: ${errorMessage(cause)}`,
      hint: 'check the setting state_backend.uri, or run with --full-refresh to read everything again',
      details: { stateId, backend: store.label },
      cause,
    });
  }
}

function isEmpty(state: JsonValue | undefined): boolean {
  return state === undefined || state === null || (isJsonObject(state) && Object.keys(state).length === 0);
}

/** Shows every second that the run lives, and keeps its lease. A lost lease is fatal, a failed sign of life is not. */
async function beat(
  options: StateSessionOptions,
  ended: AbortSignal,
  row: number,
  renew: () => Promise<void>,
): Promise<void> {
  const { clock, records, log } = options;
  let warned = false;
  while (!ended.aborted) {
    await clock.sleep(heartbeatMs, ended);
    if (ended.aborted) return;
    try {
      await records.heartbeat(row);
      await renew();
    } catch (error) {
      if (isAppError(error) && error.code === 'state.lease_lost') return options.onFatal(error);
      if (!warned) log.log('warning', `The run could not show that it lives: ${errorMessage(error)}`);
      warned = true;
    }
  }
}
