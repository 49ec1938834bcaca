import { join } from 'node:path';
import { abortable } from '@meltano/foundation/abort';
import { isJsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { openBatched } from '@meltano/sdk/batch/open-batched';
import type { ConnectorContext, OpenTap, Tap, Target } from '@meltano/sdk/connector';
import { fileTokenStore } from '@meltano/sdk/host/token-store';
import { openMappedTap, openMappedTarget } from '@meltano/sdk/mapper/open-mapped';
import { nativeCatalog } from '../catalog/native-catalog.ts';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import type { BlockRun } from './block-run.ts';
import { runError } from './errors.ts';
import { findState } from './find-state.ts';
import { pluginFields } from './plugin-fields.ts';
import { emitDiscovery, extractorOverrides, type Prepared, type Preparing } from './preparing.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { StageRole } from './stage.ts';
import { whenAborted } from './when-aborted.ts';

/** Opens a connector of an npm package in this process: settings, for a tap also state and catalog. */
export async function prepareNative({
  options,
  role,
  plugin,
  upstream,
  found,
  closers,
}: Preparing): Promise<Prepared> {
  const { run } = options;
  const { deps } = run;
  const prepared = await deps.workspace.preparePlugin(plugin, {
    upstream,
    overrides: role === 'extractor' ? extractorOverrides(run.plan.request) : {},
  });
  deps.redactor.add(...prepared.secrets);
  const connector = await deps.loadConnector(plugin.npmPackage ?? '', plugin.definition.name);
  const stop = new AbortController();
  const context: ConnectorContext = {
    ...connectorContext({ options, role, plugin }, prepared, stop.signal),
    ...(role === 'loader' && found.continues !== undefined ? { continues: found.continues } : {}),
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
  const tap = await opened(openTap(connector, context, prepared, { options, found }));
  closers.push(tap.close);
  const batches = isJsonObject(prepared.config['batch_config'])
    ? { batched: (open: OpenTap) => openBatched(open, prepared.config, connector.about.name) }
    : {};
  return { member: { kind: 'tap', plugin: plugin.name, tap, stop, ...batches }, prepared };
}

/** What every connector in this process is given. */
export function connectorContext(
  { options, role, plugin }: Pick<Preparing, 'options' | 'role' | 'plugin'>,
  prepared: PreparedPlugin,
  signal: AbortSignal,
): ConnectorContext {
  const { run, block } = options;
  const { deps } = run;
  return {
    config: prepared.config,
    log: pluginLog(run, block, plugin.name, role),
    clock: deps.clock,
    signal,
    hide: deps.redactor.add,
    // Like the system directory itself, they stay on this machine and out of version control.
    tokens: fileTokenStore(join(deps.workspace.systemDir, 'tokens', `${plugin.name}.json`), deps.redactor),
    fullRefresh: run.plan.request.fullRefresh === true,
  };
}

export function wrongKind(plugin: ResolvedPlugin, found: string, wanted: string) {
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
  { options, found }: Pick<Preparing, 'options' | 'found'>,
): Promise<OpenTap> {
  const log = options.run.emitter.log(options.block.index);

  const state = await findState(prepared, options, log);
  found.continues = state !== undefined;
  const { run, block } = options;
  const { root, systemDir } = run.deps.workspace;
  const catalog = await nativeCatalog(tap, context, prepared, {
    root,
    systemDir,
    log,
    onDiscovery: (step) => emitDiscovery(step, run, block, prepared.plugin.name),
  });
  const open = await openMappedTap(tap, { ...context, catalog, ...(state === undefined ? {} : { state }) });
  if (open.lanes.includes('record')) return open;
  await open.close();
  throw noLane(prepared.plugin.name);
}

async function openTarget(target: Target, context: ConnectorContext) {
  const open = await openMappedTarget(target, context);
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

function pluginLog(run: BlockRun, block: ExtractLoadBlock, plugin: string, role: StageRole): Log {
  const log = run.emitter.log(block.index);
  const own = pluginFields(block, plugin, role);
  return { log: (level, event, fields) => log.log(level, event, { ...own, ...fields }) };
}
