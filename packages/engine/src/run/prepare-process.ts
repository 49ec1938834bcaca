import { join } from 'node:path';
import { stringifyPythonJson } from '@meltano/foundation/json';
import { prepareCatalog } from '../catalog/prepare-catalog.ts';
import { type Invocation, openInvocation } from '../invoke/open-invocation.ts';
import { writeFileAtomically, writePrivateFile } from '../invoke/run-files.ts';
import { sanitizeStateId } from '../logs/run-log-place.ts';
import { type BlockRun, defaultGraceMs } from './block-run.ts';
import { findState } from './find-state.ts';
import {
  emitDiscovery,
  extractorOverrides,
  type Prepared,
  type PrepareMembersOptions,
  type Preparing,
} from './preparing.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';

/** Writes the files of a program; for a tap also state and catalog. */
export async function prepareProcess({
  options,
  role,
  plugin,
  upstream,
  found,
  closers,
}: Preparing): Promise<Prepared> {
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
  if (role === 'extractor') found.continues = await prepareTapFiles(invocation, options);
  return { member: { kind: 'process', role, invocation }, prepared: invocation.prepared };
}

/** `el` and `elt` give each run a folder of its own (meltano-runtime §2.1). */
function runDirectory({ plan, deps }: BlockRun, block: ExtractLoadBlock): { runDir?: string } {
  if (plan.request.command === 'run') return {};
  const name = sanitizeStateId(block.stateId ?? 'stateless');
  return { runDir: join(deps.workspace.systemDir, 'run', 'elt', name, plan.runId) };
}

/** Whether the tap was given a state. */
async function prepareTapFiles(invocation: Invocation, options: PrepareMembersOptions): Promise<boolean> {
  const { run, block } = options;
  const { files, plugin, prepared } = invocation;
  if (files === undefined) return false;
  const log = run.emitter.log(block.index);
  let continues = false;
  if (plugin.capabilities.includes('state')) {
    const state = await findState(prepared, options, log);
    continues = state !== undefined;
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
    killing: run.stop.killing,
    graceMs: run.deps.graceMs ?? defaultGraceMs,
    onDiscovery: (step) => emitDiscovery(step, run, block, plugin.name),
  });
  return continues;
}

function refreshesCatalog(request: RunRequest): boolean {
  return request.refreshCatalog === true || request.fullRefresh === true;
}
