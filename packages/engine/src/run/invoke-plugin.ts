import { readFileSync } from 'node:fs';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { prepareCatalog } from '../catalog/prepare-catalog.ts';
import { beforeStart, configureBuiltIn } from '../invoke/built-in/prepare-built-in.ts';
import type { StepOptions } from '../invoke/built-in/run-step.ts';
import { startChild } from '../invoke/child.ts';
import { invokeError } from '../invoke/errors.ts';
import { forwardSignals } from '../invoke/forward-signals.ts';
import {
  type Invocation,
  type LaunchNative,
  openInvocation,
  useSharedFiles,
} from '../invoke/open-invocation.ts';
import { openWatchdog, type Watchdog } from '../invoke/watchdog.ts';
import { type ProcessResult, reportedExitCode } from '../process-result.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { invokeContainer } from './invoke-container.ts';

export interface InvokePluginOptions {
  /** A named command of the plugin. */
  readonly command?: string | undefined;
  /** The command runs in the container that its definition describes. */
  readonly inContainer?: boolean;
  /** Verbatim, after the plugin's own. */
  readonly args?: readonly string[];
  readonly refreshCatalog?: boolean;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly launchNative?: LaunchNative;
  readonly logLevel?: string;
  /** Sees the environment that the process gets, before it is started (`--print-var`). */
  onEnvironment?(env: Readonly<Record<string, string>>): void;
  /** Default: the standard output of this program. A file descriptor otherwise. */
  readonly stdout?: number;
}

/** Throws `invoke.cannot_invoke` for file bundles and transforms. */
export function assertInvokable({ name, type, invokable }: ResolvedPlugin): void {
  if (invokable && type !== 'files') return;
  throw invokeError('cannot_invoke', {
    message: `Plugin '${name}' cannot be invoked: it has no program`,
    hint: 'file bundles and transforms are used by other plugins',
    details: { plugin: name },
  });
}

/**
 * Runs a plugin for `meltano invoke`: standard input and output are this program's own, standard error becomes
 * log lines, signals reach it. Resolves with the exit code for this program: the plugin's own, or 256 minus
 * the number of the signal that ended it. Source: meltano-runtime §2.17.
 */
export async function invokePlugin(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  options: InvokePluginOptions,
): Promise<number> {
  assertInvokable(plugin);
  const watchdog = openWatchdog();
  const invocation = await openInvocation(workspace, plugin, {
    watchdog,
    ...(options.launchNative === undefined ? {} : { launchNative: options.launchNative }),
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  try {
    options.redactor.add(...invocation.prepared.secrets);
    const steps = stepOptions(options, watchdog);
    // A program or a command that is not there is told before anything is started.
    if (invocation.builtIn !== undefined) invocation.commandLine({ command: options.command });
    await configureBuiltIn(invocation, { ...steps, root: workspace.root });
    options.onEnvironment?.(invocation.env);
    await beforeStart(invocation, steps);
    if (options.inContainer) {
      return exitCodeOf(await runInContainer({ workspace, invocation, options, watchdog }));
    }
    await prepareFiles(workspace, invocation, options, watchdog);
    return exitCodeOf(await runToEnd(invocation, options, watchdog));
  } finally {
    invocation.close();
    await watchdog.close();
  }
}

/**
 * The configuration file that Meltano itself writes for a plugin it knows by name, as the plugin would find it;
 * undefined for all others.
 */
export async function dumpBuiltInConfig(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  options: Pick<InvokePluginOptions, 'log' | 'redactor'>,
): Promise<string | undefined> {
  const watchdog = openWatchdog();
  const invocation = await openInvocation(workspace, plugin, { watchdog });
  try {
    if (invocation.builtIn === undefined) return undefined;
    options.redactor.add(...invocation.prepared.secrets);
    await configureBuiltIn(invocation, { ...stepOptions(options, watchdog), root: workspace.root });
    return readFileSync(invocation.builtIn.config, 'utf8');
  } finally {
    invocation.close();
    await watchdog.close();
  }
}

function stepOptions(
  { log, redactor }: Pick<InvokePluginOptions, 'log' | 'redactor'>,
  watchdog: Watchdog,
): StepOptions {
  return { log, redact: redactor.apply, supervise: forwardSignals, ownGroup: false, watchdog };
}

/** Without arguments a tap is prepared as for a run; with any, it gets what earlier runs left (meltano-runtime §2.2). */
async function prepareFiles(
  workspace: Workspace,
  invocation: Invocation,
  options: InvokePluginOptions,
  watchdog: Watchdog,
): Promise<void> {
  const { plugin, files } = invocation;
  if (files === undefined || plugin.type !== 'extractors') return;
  const args = options.args ?? [];
  if (args.length > 0) {
    // What a tap discovers must not depend on what it discovered before.
    if (!args.includes('--discover')) useSharedFiles(files);
    return;
  }
  // A native tap finds and selects by itself what the project does not say.
  if (!plugin.capabilities.includes('discover') && !plugin.capabilities.includes('catalog')) return;
  await prepareCatalog(invocation, {
    root: workspace.root,
    log: options.log,
    redact: options.redactor.apply,
    watchdog,
    ...(options.refreshCatalog === undefined ? {} : { refresh: options.refreshCatalog }),
  });
}

interface InContainer {
  readonly workspace: Workspace;
  readonly invocation: Invocation;
  readonly options: InvokePluginOptions;
  readonly watchdog: Watchdog;
}

/** Source: meltano-project §2.8: a container gets neither the command's arguments nor further ones. */
async function runInContainer({ options, ...run }: InContainer): Promise<ProcessResult> {
  const { command, log, redactor, stdout } = options;
  if ((options.args ?? []).length > 0) {
    log.log('warning', 'Arguments are not handed on to a container: `container_spec` says what it runs');
  }
  return await invokeContainer({ ...run, command, log, redactor, stdout });
}

async function runToEnd(
  invocation: Invocation,
  options: InvokePluginOptions,
  watchdog: Watchdog,
): Promise<ProcessResult> {
  const line = invocation.commandLine({ command: options.command, args: options.args ?? [] });
  for (const warning of line.warnings) options.log.log('warning', warning);
  const starting = startChild({
    command: line.command,
    args: line.args,
    ...(line.cwd === undefined ? {} : { cwd: line.cwd }),
    env: invocation.env,
    stdin: 'inherit',
    stdout: options.stdout ?? 'inherit',
    redact: options.redactor.apply,
    onErrorLine: (text) =>
      options.log.log('info', options.redactor.apply(text), { cmd_type: 'command', stdio: 'stderr' }),
    watchdog,
    // It may ask questions on the terminal: it stays in the group that the terminal talks to.
    ownGroup: false,
  });
  const stopForwarding = forwardSignals(starting);
  try {
    const child = await starting;
    return await child.ended;
  } finally {
    stopForwarding();
  }
}

function exitCodeOf(result: ProcessResult): number {
  return (reportedExitCode(result) + 256) % 256;
}
