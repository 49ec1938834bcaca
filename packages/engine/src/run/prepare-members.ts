import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { abortable } from '@meltano/foundation/abort';
import { errorMessage } from '@meltano/foundation/errors';
import { type JsonObject, type JsonValue, parseJson, stringifyPythonJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { ConnectorContext, OpenTap, Tap, Target } from '@meltano/sdk/connector';
import type { DiscoveryStep } from '../catalog/custom-catalog.ts';
import { nativeCatalog } from '../catalog/native-catalog.ts';
import { prepareCatalog } from '../catalog/prepare-catalog.ts';
import { type Invocation, openInvocation } from '../invoke/open-invocation.ts';
import { writeFileAtomically, writePrivateFile } from '../invoke/run-files.ts';
import { sanitizeStateId } from '../logs/run-log-place.ts';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import { type BlockRun, defaultGraceMs } from './block-run.ts';
import { cannotStart } from './cannot-start.ts';
import type { ChainMember } from './chain.ts';
import { runError } from './errors.ts';
import { isNative } from './native.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';
import type { StageRole } from './stage.ts';
import { whenAborted } from './when-aborted.ts';

/** The plugins of a block, ready to be started, and what has to be closed after them. */
export interface PreparedMembers {
  readonly members: readonly ChainMember[];
  close(): Promise<void>;
}

export interface PrepareMembersOptions {
  readonly block: ExtractLoadBlock;
  readonly run: BlockRun;
  /** The state of earlier runs; not asked when a full refresh or a state file comes first. */
  loadState(): Promise<JsonValue | undefined>;
  /** Undefined when the run neither reads nor stores state. */
  readonly stateLabel: string | undefined;
}

/** Resolves settings, reads state, discovers the catalog, opens native connectors; in the order of the block. */
export async function prepareMembers(options: PrepareMembersOptions): Promise<PreparedMembers> {
  const { block } = options;
  const members: ChainMember[] = [];
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  let upstream: Readonly<Record<string, string>> = {};
  const plugins: readonly (readonly [StageRole, ResolvedPlugin])[] = [
    ['extractor', block.extractor],
    ...block.mappers.map((mapper) => ['mapper', mapper] as const),
    ['loader', block.loader],
  ];
  try {
    for (const [role, plugin] of plugins) {
      const { member, prepared } = await prepareMember({ options, role, plugin, upstream, closers });
      members.push(member);
      upstream = { ...upstream, ...prepared.exported };
    }
    return { members, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Preparing {
  readonly options: PrepareMembersOptions;
  readonly role: StageRole;
  readonly plugin: ResolvedPlugin;
  readonly upstream: Readonly<Record<string, string>>;
  readonly closers: (() => void | Promise<void>)[];
}

interface Prepared {
  readonly member: ChainMember;
  readonly prepared: PreparedPlugin;
}

async function prepareMember(preparing: Preparing): Promise<Prepared> {
  const { plugin, role, options } = preparing;
  try {
    const native = isNative(plugin) && role !== 'mapper';
    return await (native ? prepareNative(preparing) : prepareProcess(preparing));
  } catch (cause) {
    throw cannotStart(options.run.plan.request.command === 'run' ? `plugin ${plugin.name}` : role, cause);
  }
}

async function prepareProcess({ options, role, plugin, upstream, closers }: Preparing): Promise<Prepared> {
  const { run, block } = options;
  const { deps, plan } = run;
  const invocation = await openInvocation(deps.workspace, plugin, {
    upstream,
    overrides: role === 'extractor' ? extractorOverrides(plan.request) : {},
    ...runDirectory(run, block),
    ...(deps.logLevel === undefined ? {} : { logLevel: deps.logLevel }),
    ...(deps.launchNative === undefined ? {} : { launchNative: deps.launchNative }),
    watchdog: run.watchdog,
  });
  closers.push(invocation.close);
  deps.redactor.add(...invocation.prepared.secrets);
  // A missing program is told before anything is discovered or started.
  invocation.commandLine();
  if (role === 'extractor') await prepareTapFiles(invocation, options);
  return { member: { kind: 'process', role, invocation }, prepared: invocation.prepared };
}

/** `el` and `elt` give each run a folder of its own (meltano-runtime §2.1). */
function runDirectory({ plan, deps }: BlockRun, block: ExtractLoadBlock): { runDir?: string } {
  if (plan.request.command === 'run') return {};
  const name = sanitizeStateId(block.stateId ?? 'stateless');
  return { runDir: join(deps.workspace.systemDir, 'run', 'elt', name, plan.runId) };
}

function extractorOverrides(request: RunRequest): Readonly<Record<string, JsonValue>> {
  const filter = [...(request.select ?? []), ...(request.exclude ?? []).map((pattern) => `!${pattern}`)];
  return {
    ...(filter.length === 0 ? {} : { _select_filter: filter }),
    ...(request.catalog === undefined ? {} : { _catalog: request.catalog }),
    ...(request.state === undefined ? {} : { _state: request.state }),
  };
}

async function prepareTapFiles(invocation: Invocation, options: PrepareMembersOptions): Promise<void> {
  const { run, block } = options;
  const { files, plugin, prepared } = invocation;
  if (files === undefined) return;
  const log = run.emitter.log(block.index);
  if (plugin.capabilities.includes('state')) {
    const state = await findState(prepared, options, log);
    if (state !== undefined) {
      const text = stringifyPythonJson(state, { indent: 2 });
      writePrivateFile(files.state, text);
      if (files.state !== files.sharedState) writeFileAtomically(files.sharedState, text, 0o600);
    }
  }
  await prepareCatalog(invocation, {
    root: run.deps.workspace.root,
    refresh: refreshesCatalog(run.plan.request),
    log,
    redact: run.deps.redactor.apply,
    watchdog: run.watchdog,
    pipes: run.pipes,
    signal: run.stop.draining,
    graceMs: run.deps.graceMs ?? defaultGraceMs,
    onDiscovery: (step) => emitDiscovery(step, run, block, plugin.name),
  });
}

function refreshesCatalog(request: RunRequest): boolean {
  return request.refreshCatalog === true || request.fullRefresh === true;
}

function emitDiscovery(
  step: DiscoveryStep,
  { emitter }: BlockRun,
  { index: block }: ExtractLoadBlock,
  plugin: string,
): void {
  if (step.kind === 'started') return emitter.emit({ kind: 'discovery-started', block, plugin });
  const { catalog, cached } = step;
  return emitter.emit({ kind: 'discovery-finished', block, plugin, streams: catalog.streams.length, cached });
}

/** Source of the order and the texts: meltano-runtime §2.6. */
async function findState(
  { extras }: PreparedPlugin,
  { run, block, loadState, stateLabel }: PrepareMembersOptions,
  log: Log,
): Promise<JsonValue | undefined> {
  if (block.stateId === undefined || stateLabel === undefined) return undefined;
  if (run.plan.request.fullRefresh) {
    log.log('info', 'Performing full refresh, ignoring state left behind by any previous runs.');
    return undefined;
  }
  const file = extras['_state'];
  if (typeof file === 'string' && file !== '') {
    const state = readStateFile(resolve(run.deps.workspace.root, file), file);
    log.log('info', `Found state in ${file}`);
    return state;
  }
  const state = await loadState();
  if (state === undefined) {
    log.log('warning', 'No state was found, complete import.');
    return undefined;
  }
  run.emitter.emit({ kind: 'state-loaded', block: block.index, stateId: block.stateId, source: stateLabel });
  return state;
}

function readStateFile(path: string, named: string): JsonValue {
  if (!existsSync(path)) {
    throw runError('invalid_state_file', {
      message: `Could not find state file ${path}`,
      hint: 'the path is relative to the root of the project',
      details: { path },
    });
  }
  try {
    return parseJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw runError('invalid_state_file', {
      message: `The state file ${named} is not JSON: ${errorMessage(cause)}`,
      hint: 'it holds the value of a STATE message, e.g. {"bookmarks": {}}',
      place: { file: path },
      cause,
    });
  }
}

async function prepareNative({ options, role, plugin, upstream, closers }: Preparing): Promise<Prepared> {
  const { run, block } = options;
  const { deps } = run;
  const prepared = await deps.workspace.preparePlugin(plugin, {
    upstream,
    overrides: role === 'extractor' ? extractorOverrides(run.plan.request) : {},
  });
  deps.redactor.add(...prepared.secrets);
  const connector = await deps.loadConnector(plugin.npmPackage ?? '', plugin.definition.name);
  const stop = new AbortController();
  const context: ConnectorContext = {
    config: prepared.config,
    log: pluginLog(run, block, plugin.name, role),
    clock: deps.clock,
    signal: stop.signal,
  };
  const wanted = role === 'extractor' ? 'tap' : 'target';
  if (connector.kind !== wanted) throw wrongKind(plugin, connector.kind, wanted);
  // A connector that is slow to open does not keep a run from being killed.
  const opened = <T>(work: Promise<T>) => abortable(work, run.stop.killing);
  if (connector.kind === 'target') {
    const target = await opened(openTarget(connector, context));
    closers.push(target.close);
    return { member: { kind: 'target', plugin: plugin.name, target, stop }, prepared };
  }
  whenAborted(run.stop.draining, () => stop.abort());
  const tap = await opened(openTap(connector, context, prepared, options));
  closers.push(tap.close);
  return { member: { kind: 'tap', plugin: plugin.name, tap, stop }, prepared };
}

function wrongKind(plugin: ResolvedPlugin, found: string, wanted: string) {
  return runError('no_such_connector', {
    message: `'${plugin.definition.name}' of the package ${plugin.npmPackage} is a ${found}, not a ${wanted}`,
    hint: 'check "npm_package" and the plugin\'s type in its definition',
    details: { plugin: plugin.name },
  });
}

async function openTap(
  tap: Tap,
  context: ConnectorContext,
  prepared: PreparedPlugin,
  options: PrepareMembersOptions,
): Promise<OpenTap> {
  const log = options.run.emitter.log(options.block.index);
  const state = await findState(prepared, options, log);
  const { run, block } = options;
  const catalog = await nativeCatalog(tap, context, prepared, {
    root: run.deps.workspace.root,
    log,
    onDiscovery: (step) => emitDiscovery(step, run, block, prepared.plugin.name),
  });
  const open = await tap.open({ ...context, catalog, ...(state === undefined ? {} : { state }) });
  if (open.lanes.includes('record')) return open;
  await open.close();
  throw noLane(prepared.plugin.name);
}

async function openTarget(target: Target, context: ConnectorContext) {
  const open = await target.open(context);
  if (open.accepts.includes('record')) return open;
  await open.close();
  throw noLane(target.about.name);
}

function noLane(plugin: string) {
  return runError('no_common_lane', {
    message: `${plugin} offers no way of moving data that this version knows`,
    hint: 'install matching versions of meltano and the connector',
    details: { plugin },
  });
}

/** The fields that a line of a plugin carries in a run (meltano-runtime §6.4). */
export function pluginFields(block: ExtractLoadBlock, plugin: string, role: StageRole): JsonObject {
  return {
    stdio: 'stderr',
    consumer: role !== 'extractor',
    producer: role !== 'loader',
    string_id: plugin,
    cmd_type: 'elb',
    job_name: block.stateId ?? null,
    name: plugin,
  };
}

function pluginLog(run: BlockRun, block: ExtractLoadBlock, plugin: string, role: StageRole): Log {
  const log = run.emitter.log(block.index);
  const own = pluginFields(block, plugin, role);
  return { log: (level, event, fields) => log.log(level, event, { ...own, ...fields }) };
}
