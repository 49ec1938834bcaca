import { renderPlan } from '@meltano/engine/run/render-plan';
import type { RunOutcome } from '@meltano/engine/run/run-outcome';
import type { RunPlan } from '@meltano/engine/run/run-plan';
import type { RunRequest } from '@meltano/engine/run/run-request';
import { cliError } from '../errors.ts';
import { flagVariable } from '../globals.ts';
import type { Host } from '../host.ts';
import { createRunView } from '../render/run-view.ts';
import type { Session } from '../session.ts';
import { stopOnSignals } from '../stop-on-signals.ts';
import { autoInstall } from './auto-install.ts';
import type { InstallChoice } from './options.ts';

interface StateOptions {
  readonly fullRefresh?: boolean;
  readonly refreshCatalog?: boolean;
  readonly force?: boolean;
  readonly runId?: string;
  readonly stateStrategy: 'auto' | 'merge' | 'overwrite';
  readonly mergeState?: boolean;
  readonly databaseUri?: string;
}

interface RunOptions extends StateOptions, InstallChoice {
  readonly dryRun?: boolean;
  readonly timeout?: number;
  readonly stateUpdate?: boolean;
  readonly stateIdSuffix?: string;
}

/** `meltano run`. */
export async function runBlocks(host: Host, blocks: readonly string[], options: RunOptions): Promise<void> {
  const strategy = stateStrategy(options);
  const { env } = host.terminal;
  const request: RunRequest = {
    command: 'run',
    blocks,
    fullRefresh: options.fullRefresh ?? flagVariable(env, 'MELTANO_RUN_FULL_REFRESH'),
    refreshCatalog: options.refreshCatalog ?? flagVariable(env, 'MELTANO_RUN_REFRESH_CATALOG'),
    noStateUpdate: options.stateUpdate === false || flagVariable(env, 'MELTANO_RUN_NO_STATE_UPDATE'),
    force: options.force ?? flagVariable(env, 'MELTANO_RUN_FORCE'),
    stateStrategy: strategy,
    trigger: env['MELTANO_JOB_TRIGGER'] || 'cli',
    ...(options.stateIdSuffix === undefined ? {} : { stateIdSuffix: options.stateIdSuffix }),
    ...(options.runId === undefined ? {} : { runId: options.runId }),
    ...(options.timeout === undefined ? {} : { timeoutSeconds: options.timeout }),
  };
  const session = await host.open({ command: 'run', environment: 'required', ...options });
  if (options.mergeState) deprecatedMerge(session);
  const plan = await session.engine.plan(request);
  if (options.dryRun) return showPlan(session, plan);
  if (plan.blocks.length === 0) {
    session.log.log('info', 'No valid blocks found.');
    return;
  }
  await runPlan(host, session, plan, options);
}

interface PairOptions extends StateOptions, InstallChoice {
  readonly dry?: boolean;
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  readonly catalog?: string;
  readonly state?: string;
  readonly dump?: 'catalog' | 'state' | 'extractor-config' | 'loader-config';
  readonly stateId?: string;
  readonly transform?: 'skip' | 'only' | 'run';
}

/** `meltano el` and `meltano elt`. */
export async function runPair(
  host: Host,
  command: 'el' | 'elt',
  pair: { readonly extractor: string; readonly loader: string },
  options: PairOptions,
): Promise<void> {
  const strategy = stateStrategy(options);
  const session = await host.open({ command, environment: 'default', ...options });
  if (command === 'elt') session.log.log('warning', 'The command `elt` is deprecated: use `el`, or `run`');
  if (options.mergeState) deprecatedMerge(session);
  const given = <K extends keyof RunRequest>(key: K, value: RunRequest[K] | undefined) =>
    value === undefined ? {} : { [key]: value };
  const request: RunRequest = {
    command,
    blocks: [pair.extractor, pair.loader],
    fullRefresh: options.fullRefresh ?? flagVariable(host.terminal.env, 'MELTANO_RUN_FULL_REFRESH'),
    refreshCatalog: options.refreshCatalog ?? false,
    force: options.force ?? false,
    stateStrategy: strategy,
    trigger: host.terminal.env['MELTANO_JOB_TRIGGER'] || 'cli',
    ...given('runId', options.runId),
    ...given('stateId', options.stateId),
    ...given('catalog', options.catalog),
    ...given('state', options.state),
    ...given('select', options.select),
    ...given('exclude', options.exclude),
    ...given('transform', options.transform),
  };
  if (options.stateId === undefined) {
    session.log.log(
      'warning',
      'No state ID has been provided so one will be generated: the state of this run cannot be found again by a later one. Use --state-id',
    );
  }
  const plan = await session.engine.plan(request);
  if (options.dump !== undefined) {
    const { dumpFile } = await import('./dump-action.ts');
    return dumpFile(session, plan, options.dump);
  }
  if (options.dry) return showPlan(session, plan);
  await runPlan(host, session, plan, options);
}

function stateStrategy(options: StateOptions): RunRequest['stateStrategy'] & string {
  if (!options.mergeState) return options.stateStrategy;
  if (options.stateStrategy !== 'auto') {
    throw cliError('usage', {
      message: '--merge-state and --state-strategy exclude each other',
      hint: 'use --state-strategy=merge',
    });
  }
  return 'merge';
}

function deprecatedMerge(session: Session): void {
  session.log.log('warning', 'The option --merge-state is deprecated, use --state-strategy=merge instead');
}

async function showPlan(session: Session, plan: RunPlan): Promise<void> {
  session.print(renderPlan(plan));
  const { printPlanDetails } = await import('./print-plan-details.ts');
  await printPlanDetails(session, plan);
  if (session.audience === 'person')
    return session.log.log('info', 'Dry run: nothing was started, and nothing is stored');
  // Meltano's lines, which scripts wait for.
  plan.blocks.forEach((block, index) => {
    session.log.log('info', `Dry run, but would have run block ${index + 1}/${plan.blocks.length}.`, {
      block_type: block.kind === 'extract-load' ? 'ExtractLoadBlocks' : 'InvokerCommand',
      comprised_of:
        block.kind === 'extract-load'
          ? [block.extractor, ...block.mappers, block.loader].map((plugin) => plugin.name)
          : `${block.plugin.name}:${block.command ?? 'None'}`,
    });
  });
  if (plan.request.command === 'run') session.log.log('info', 'Run completed', { status: 'success' });
}

async function runPlan(host: Host, session: Session, plan: RunPlan, options: InstallChoice): Promise<void> {
  const plugins = plan.blocks.flatMap((block) =>
    block.kind === 'extract-load' ? [block.extractor, ...block.mappers, block.loader] : [block.plugin],
  );
  if (!(await autoInstall(session, plugins, options))) return;
  const outcome = await executeWithView(session, plan);
  host.exitCode = outcome.exitCode;
}

/** Runs the plan, shows it while it goes on, and ends with what came of it. */
async function executeWithView(session: Session, plan: RunPlan): Promise<RunOutcome> {
  const view = createRunView(session, plan);
  const handle = await session.engine.execute(plan, view.observe, { isWatched: session.interactive });
  const release = stopOnSignals(handle, session);
  try {
    const outcome = await handle.outcome;
    view.finish(outcome);
    return outcome;
  } finally {
    view.close();
    release();
  }
}
