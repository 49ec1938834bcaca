import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { uuidV7 } from '@meltano/foundation/ids';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import { atMost } from '../invoke/at-most.ts';
import { type Child, startChild } from '../invoke/child.ts';
import { type ContainerCommand, containerCommand } from '../invoke/container-command.ts';
import { type ContainerProgram, openContainerProgram } from '../invoke/container-program.ts';
import { findContainerSpec } from '../invoke/container-spec.ts';
import { invokeError } from '../invoke/errors.ts';
import type { Invocation } from '../invoke/open-invocation.ts';
import { writePrivateFile } from '../invoke/run-files.ts';
import type { Watchdog } from '../invoke/watchdog.ts';
import { makeFolder } from '../make-folder.ts';
import type { ProcessResult } from '../process-result.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface InvokeContainerOptions {
  readonly workspace: Workspace;
  readonly invocation: Invocation;
  readonly command: string | undefined;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly watchdog: Watchdog;
  /** A file descriptor instead of this program's standard output. */
  readonly stdout: number | undefined;
}

/**
 * Runs a plugin's command in a container that is removed afterwards. Its input and output are this program's
 * own, its standard error becomes log lines; the first signal stops it, the second one kills it. Resolves with
 * the end of the container program, whose exit code is the container's.
 */
export async function invokeContainer(options: InvokeContainerOptions): Promise<ProcessResult> {
  const { invocation, workspace, watchdog, redactor, log } = options;
  const { name: plugin } = invocation.plugin;
  const spec = findContainerSpec(invocation.plugin, options.command);
  if (spec === undefined) throw new TypeError('Only a command with a container_spec runs in a container');
  const program = await openContainerProgram({
    env: invocation.env,
    without: `meltano invoke ${plugin}:${options.command}`,
    watchdog,
    redact: redactor.apply,
  });
  const id = uuidV7();
  const folder = join(workspace.systemDir, 'run', plugin);
  const envFile = join(folder, `container.${id}.config.json`);
  const name = `meltano-${plugin}--${options.command}-${id}`;
  const terminal = options.stdout === undefined && isatty(0) && isatty(1);
  const call = containerCommand(spec, { name, env: invocation.env, terminal, envFile });
  try {
    writeEnvFile(folder, envFile, call, watchdog);
    log.log('info', 'Running command in container', { container_name: name });
    return await runContainer({ ...options, program, name, call });
  } finally {
    rmSync(envFile, { force: true });
    watchdog.forgetPath(envFile);
  }
}

function writeEnvFile(
  folder: string,
  path: string,
  { fileVariables }: ContainerCommand,
  watchdog: Watchdog,
): void {
  const variables = Object.entries(fileVariables);
  if (variables.length === 0) return;
  // Such a file cannot hold it: its second line would be another variable.
  const long = variables.find(([, value]) => /[\r\n]/.test(value));
  if (long !== undefined) {
    throw invokeError('invalid_container', {
      message: `The variable '${long[0]}' of a \`container_spec\` cannot have several lines`,
      hint: "write it in one line in the `env` of the plugin's `container_spec`",
    });
  }
  watchdog.watchPath(path);
  makeFolder(folder);
  writePrivateFile(path, variables.map(([name, value]) => `${name}=${value}\n`).join(''));
}

interface RunningContainer extends InvokeContainerOptions {
  readonly program: ContainerProgram;
  readonly name: string;
  readonly call: ContainerCommand;
}

async function runContainer(run: RunningContainer): Promise<ProcessResult> {
  const { workspace, log, redactor, watchdog } = run;
  const starting = startChild({
    command: run.program.path,
    args: run.call.args,
    // Relative paths of volumes are those of the project.
    cwd: workspace.root,
    env: run.call.env,
    stdin: 'inherit',
    stdout: run.stdout ?? 'inherit',
    redact: redactor.apply,
    onErrorLine: (text) => log.log('info', redactor.apply(text), { cmd_type: 'command', stdio: 'stderr' }),
    watchdog,
    // It talks to the terminal.
    ownGroup: false,
  });
  const stopListening = onSignals(
    () => void stopContainer(run, starting),
    () => void killContainer(run, starting),
  );
  try {
    return await (await starting).ended;
  } finally {
    stopListening();
  }
}

/** Longer than the ten seconds that a container has to end by itself. */
const stopLimitMs = 30_000;
/** For a container that had ended when it was to be stopped, to be removed. */
const leaveMs = 2_000;
/** For a container that was stopped to be removed. */
const removalMs = 5_000;

async function stopContainer({ program, name, log }: RunningContainer, starting: Promise<Child>) {
  log.log('info', 'Stopping container', { container_name: name });
  try {
    const child = await starting;
    const stopped = await program.call(['stop', name], stopLimitMs);
    // Without one there is none as yet, while its image is being fetched, or none any more.
    await atMost(child.exited, stopped?.exitCode === 0 ? removalMs : leaveMs);
    if (!child.hasExited()) child.signal('SIGTERM');
    await atMost(child.exited, leaveMs);
    if (!child.hasExited()) child.kill();
  } catch {
    // That it cannot be started is told by whoever starts it.
  }
}

async function killContainer({ program, name }: RunningContainer, starting: Promise<Child>) {
  try {
    const child = await starting;
    await program.call(['kill', name], stopLimitMs);
    await atMost(child.exited, leaveMs);
    child.kill();
  } catch {
    // As above.
  }
}

/** Until the returned function is called: the first signal calls one function, each later one the other. */
function onSignals(first: () => void, later: () => void): () => void {
  let isAsked = false;
  const listen = () => {
    const tell = isAsked ? later : first;
    isAsked = true;
    tell();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, listen);
  return () => {
    for (const name of names) process.off(name, listen);
  };
}
