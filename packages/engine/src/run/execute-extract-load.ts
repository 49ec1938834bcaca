import { type AppError, isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { atMost } from '../invoke/at-most.ts';
import { type BlockRun, blockName, defaultGraceMs, defaultLeftoverGraceMs } from './block-run.ts';
import { startChain } from './chain.ts';
import { type Findings, onLinkNote, onNotice, reportProcesses, streamOutcomes } from './findings.ts';
import { maxMessageBytes } from './line-size.ts';
import { outcomeError } from './outcome-error.ts';
import { pluginFields } from './plugin-fields.ts';
import { type PreparedMembers, prepareMembers } from './prepare-members.ts';
import { openProgressReporter } from './progress-reporter.ts';
import type { BlockOutcome } from './run-outcome.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import { openStateSession, type StateSession } from './state-session.ts';
import { asAppError, stopError } from './stop-error.ts';
import { superviseChain } from './supervise.ts';
import { chainFailure } from './verdict.ts';

/** How long the connectors of a block may take to close when one of them was given up, in milliseconds. */
const closeMs = 1_000;

/** Moves the data of one extractor to one loader. Never rejects: what went wrong is in the outcome. */
export async function executeExtractLoad(block: ExtractLoadBlock, run: BlockRun): Promise<BlockOutcome> {
  const { emitter, deps } = run;
  const startedAt = deps.clock.now();
  emitter.emit({
    kind: 'block-started',
    block: block.index,
    name: blockName(block),
    ...(block.stateId === undefined ? {} : { stateId: block.stateId }),
    lane: block.lane,
  });
  const findings: Findings = {
    streams: [],
    processes: {},
    schemaChanges: [],
    refused: new Map(),
    fatal: undefined,
    isGivenUp: false,
  };
  let session: StateSession | undefined;
  let error: AppError | undefined;
  try {
    session = await openSession(block, run, findings);
    error = await moveData(block, run, findings, session);
  } catch (caught) {
    error = asAppError(caught);
  }
  error = stopError(run) ?? (findings.fatal === undefined ? error : asAppError(findings.fatal));
  error = await closeSession(session, error);
  const reason = run.stop.reason();
  const outcome: BlockOutcome = {
    index: block.index,
    name: blockName(block),
    kind: 'extract-load',
    status:
      error === undefined
        ? 'succeeded'
        : reason === undefined || reason === 'failed'
          ? 'failed'
          : 'interrupted',
    ...(block.stateId === undefined ? {} : { stateId: block.stateId }),
    lane: block.lane,
    durationMs: deps.clock.now() - startedAt,
    streams: findings.streams,
    processes: findings.processes,
    statesStored: session?.writer.storedCount() ?? 0,
    ...(error === undefined ? {} : { error: outcomeError(error, deps.redactor) }),
    schemaChanges: findings.schemaChanges,
  };
  emitter.emit({ kind: 'block-finished', block: block.index, outcome });
  return outcome;
}

function openSession(
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
): Promise<StateSession | undefined> {
  const { deps, plan, emitter } = run;

  const { stateId } = block;
  if (stateId === undefined) return Promise.resolve(undefined);
  return openStateSession({
    runId: plan.runId,
    stateId,
    request: plan.request,
    store: deps.stateStore,
    records: deps.records,
    holder: { ...deps.holder, runId: plan.runId },
    clock: deps.clock,
    log: emitter.log(block.index),
    onStored: () => emitter.emit({ kind: 'state-stored', block: block.index, stateId }),
    onFatal: (error) => {
      findings.fatal ??= error;
      // Another run has taken over: nothing of this one may go on writing.
      if (isAppError(error) && error.code === 'state.lease_lost') run.stop.kill();
      else run.stop.stop('failed');
    },
  });
}

async function moveData(
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
  session: StateSession | undefined,
): Promise<AppError | undefined> {
  const prepared = await prepareMembers({
    block,
    run,
    loadState: async () => session?.loadState(),
    stateLabel: session === undefined ? undefined : run.deps.stateStore.label,
  });

  try {
    if (run.stop.draining.aborted) return undefined;
    return await runChain(block, run, findings, { prepared, session });
  } finally {
    // One that goes on working may not let itself be closed either.
    await (findings.isGivenUp ? atMost(prepared.close(), closeMs) : prepared.close());
  }
}

async function runChain(
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
  { prepared, session }: { readonly prepared: PreparedMembers; readonly session: StateSession | undefined },
): Promise<AppError | undefined> {
  const { deps, emitter } = run;

  const log = emitter.log(block.index);
  const leftoverGraceMs = deps.leftoverGraceMs ?? defaultLeftoverGraceMs;
  const chain = await startChain(prepared.members, {
    maxMessageBytes: maxMessageBytes(deps.workspace),
    threads: deps.threads ?? true,
    leftoverGraceMs,
    watchdog: run.watchdog,
    pipes: run.pipes,
    pumpThreads: run.pumpThreads,
    redact: deps.redactor.apply,
    log,
    onErrorLine: (plugin, role, line) => log.log('info', line, pluginFields(block, plugin, role)),
    onStarted: (plugin, pid) => emitter.emit({ kind: 'process-started', block: block.index, plugin, pid }),
    onLinkNote: (_link, note) => onLinkNote(note, block, run, findings),
    onState: (state) => keepState(state, session, block, run),
    onNotice: (notice) => onNotice(notice, block, run, findings),
  });
  const progress = openProgressReporter(chain, {
    onProgress: (streams) => emitter.emit({ kind: 'progress', block: block.index, streams }),
    say: (level, event) => log.log(level, event),
  });
  try {
    const end = await superviseChain(chain, {
      stop: run.stop,
      graceMs: deps.graceMs ?? defaultGraceMs,
      leftoverGraceMs,
      say: (level, event) => log.log(level, event),
    });
    const states = await chain.statesRead.then(
      () => undefined,
      (error: unknown) => asAppError(error),
    );
    reportProcesses(chain, end, block, run, findings);
    findings.isGivenUp = chain.stages.some((stage) => stage.isGivenUp());
    return chainFailure(chain, end, run.plan.runId) ?? states;
  } finally {
    progress.close();
    findings.streams = streamOutcomes(chain, findings);
    chain.close();
  }
}

function keepState(
  state: JsonObject,
  session: StateSession | undefined,
  block: ExtractLoadBlock,
  run: BlockRun,
): void {
  if (session !== undefined) return session.writer.offer(state);
  const log = run.emitter.log(block.index);
  return log.log('info', 'Running outside a Job context: incremental state could not be updated.');
}

async function closeSession(
  session: StateSession | undefined,
  error: AppError | undefined,
): Promise<AppError | undefined> {
  if (session === undefined) return error;
  try {
    if (error === undefined) await session.close({ state: 'SUCCESS' });
    else await session.close({ state: 'FAIL', error: error.message });
    return error;
  } catch (caught) {
    return error ?? asAppError(caught);
  }
}
