import type { LoadReport } from '@meltano/sdk/connector';
import { atMost } from '../invoke/at-most.ts';
import type { Child } from '../invoke/child.ts';
import type { ChainMember, ChainOptions, ProcessMember, TapMember } from './chain-member.ts';
import { openEventLoopPump } from './link/event-loop-pump.ts';
import { type Link, pumpLink } from './link/link.ts';
import type { LinkNote } from './link/progress-board.ts';
import type { Pump } from './link/pump.ts';
import { openThreadPump } from './link/thread-pump.ts';
import { acknowledge, addEncoder, decodeFlow, recordFlow } from './native-links.ts';
import { nativeStage, processStage, type Stage } from './stage.ts';
import { startProcesses } from './start-processes.ts';
import { readStateLines } from './state-lines.ts';

/** The plugins of a block at work, from the tap to the target, and what connects each with the next. */
export interface Chain {
  readonly stages: readonly Stage[];
  /** One fewer than stages. */
  readonly links: readonly Link[];
  /** All states of the target have been handed on. Rejects when its output cannot be read. */
  readonly statesRead: Promise<void>;
  /** What a native target reported, once it has finished. */
  loadReport(): LoadReport | undefined;
  /** Gives back what the chain holds; all stages must have ended. */
  close(): void;
}

/** Starts the target first and the tap last: nothing is produced that nobody would read. Rejects when a start fails, with everything ended that was started. */
export async function startChain(members: readonly ChainMember[], options: ChainOptions): Promise<Chain> {
  const processes = members.flatMap((member) => (member.kind === 'process' ? [member] : []));
  const first = members[0];
  const last = members.at(-1);
  const tap = first?.kind === 'tap' ? first : undefined;
  const target = last?.kind === 'target' ? last : undefined;
  const pumps = await openPumps(processes.length - 1, tap === undefined ? 0 : 1, options);
  const children = await startProcesses(processes, pumps, tap !== undefined, options);
  for (const [index, pump] of pumps.entries()) {
    pump.connect(children[index]?.stdout ?? null, children[index + 1]?.stdin ?? null);
  }
  const stages = children.map((child, index) => {
    const member = processes[index] as (typeof processes)[number];
    return processStage(member.role, member.invocation.plugin.name, child);
  });
  const links: Link[] = pumps.map(pumpLink);
  let report: LoadReport | undefined;
  let statesRead: Promise<void> = Promise.resolve();
  let isOver = false;

  if (tap !== undefined && children.length > 0)
    addEncoder(tap, children[0], { stages, links, batches: sendsBatches(tap, processes, options) });
  if (target !== undefined) {
    const lastChild = children.at(-1);
    const flow =
      lastChild === undefined
        ? recordFlow(tap, target, stages)
        : decodeFlow(lastChild, target, stages, options);
    links.push(flow.link);
    const load = target.target.load(flow.items, {
      // One that was given up may go on for a while: what it says then is not of this run any more.
      acknowledge: async (state) => {
        if (!isOver) acknowledge(state, options);
      },
      notice: (notice) => {
        if (!isOver) options.onNotice(notice);
      },
    });
    const work = load.then((answer) => {
      report = answer;
    });
    stages.push(nativeStage('loader', target.plugin, work, target.stop));
  } else statesRead = readStates(children.at(-1), options);

  return {
    stages,
    links,
    statesRead,
    loadReport: () => report,
    close() {
      isOver = true;
      for (const stage of stages) stage.clearUp();
      for (const pump of pumps) pump.close();
    },
  };
}

/** Files only help where the loader itself reads them: a mapper would let them pass unmapped. */
function sendsBatches(
  { plugin, batched }: TapMember,
  processes: readonly ProcessMember[],
  { log }: ChainOptions,
): boolean {
  const [first] = processes;
  if (batched === undefined || first === undefined) return false;
  const takes = first.role === 'loader' && first.invocation.plugin.capabilities.includes('batch');
  const { name } = first.invocation.plugin;
  if (!takes)
    log.log(
      'warning',
      `'${plugin}' has a batch_config, but '${name}' does not have the capability 'batch': records are sent instead`,
    );
  return takes;
}

/** Pumps between processes. `offset` is the place of the first one among the links. */
async function openPumps(count: number, offset: number, options: ChainOptions): Promise<readonly Pump[]> {
  if (count <= 0) return [];
  const paths = options.threads ? await options.pipes.take(count * 2) : undefined;
  return Array.from({ length: count }, (_, index) => {
    const own = {
      maxMessageBytes: options.maxMessageBytes,
      onNote: (note: LinkNote) => options.onLinkNote(index + offset, note),
    };
    const [sourcePath, sinkPath] = [paths?.[index * 2], paths?.[index * 2 + 1]];
    if (sourcePath === undefined || sinkPath === undefined) return openEventLoopPump(own);
    return openThreadPump({ thread: options.pumpThreads.take(), sourcePath, sinkPath }, own);
  });
}

/** The target's own output; a process it left behind may keep the pipe, and is waited for only a while. */
function readStates(child: Child | undefined, options: ChainOptions): Promise<void> {
  const stdout = child?.stdout;
  if (child === undefined || stdout === null || stdout === undefined) return Promise.resolve();
  const read = readStateLines(stdout, {
    maxBytes: options.maxMessageBytes,
    log: options.log,
    onState: options.onState,
  });
  void child.exited.then(async () => {
    await atMost(
      read.catch(() => {}),
      options.leftoverGraceMs,
    );
    stdout.destroy();
  });
  return read;
}
