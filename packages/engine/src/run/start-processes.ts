import { type Child, startChild } from '../invoke/child.ts';
import { cannotStart } from './cannot-start.ts';
import type { ChainOptions, ProcessMember } from './chain-member.ts';
import type { Pump } from './link/pump.ts';

/** From the target to the tap. When one cannot be started, all that were are ended before this rejects. */
export async function startProcesses(
  members: readonly ProcessMember[],
  pumps: readonly Pump[],
  fed: boolean,
  options: ChainOptions,
): Promise<readonly Child[]> {
  const started: Child[] = [];

  try {
    for (let index = members.length - 1; index >= 0; index -= 1) {
      const member = members[index] as ProcessMember;
      started.unshift(
        await startProcess(member, options, {
          stdin: pumps[index - 1]?.sinkStdin ?? (fed ? 'pipe' : 'inherit'),
          stdout: pumps[index]?.sourceStdout ?? 'pipe',
        }),
      );
    }
    return started;
  } catch (error) {
    for (const child of started) child.kill();
    for (const pump of pumps) pump.abandon();
    await Promise.all([...started.map((child) => child.ended), ...pumps.map((pump) => pump.done)]);
    for (const child of started) child.killLeftovers();
    for (const pump of pumps) pump.close();
    throw error;
  }
}

async function startProcess(
  { invocation, role }: ProcessMember,
  options: ChainOptions,
  ends: { readonly stdin: 'inherit' | 'pipe' | number; readonly stdout: 'pipe' | number },
): Promise<Child> {
  const plugin = invocation.plugin.name;
  try {
    const line = invocation.commandLine();
    for (const warning of line.warnings) options.log.log('warning', warning);
    const child = await startChild({
      command: line.command,
      args: line.args,
      ...(line.cwd === undefined ? {} : { cwd: line.cwd }),
      env: invocation.env,
      ...ends,
      redact: options.redact,
      onErrorLine: (text) => options.onErrorLine(plugin, role, text),
      watchdog: options.watchdog,
      pipes: options.pipes,
      leftoverGraceMs: options.leftoverGraceMs,
    });
    options.onStarted(plugin, child.pid);
    return child;
  } catch (cause) {
    throw cannotStart(`plugin ${plugin}`, cause);
  }
}
