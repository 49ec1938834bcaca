import type { Readable } from 'node:stream';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice, LoadReport, OpenTap, OpenTarget } from '@meltano/sdk/connector';
import { atMost } from '../invoke/at-most.ts';
import { type Child, startChild } from '../invoke/child.ts';
import type { Invocation } from '../invoke/open-invocation.ts';
import type { PipeSupply } from '../invoke/pipe-supply.ts';
import type { Watchdog } from '../invoke/watchdog.ts';
import { cannotStart } from './cannot-start.ts';
import { decodeItems } from './link/decode.ts';
import { encodeItems } from './link/encode.ts';
import { createItemCounter } from './link/item-counter.ts';
import { createItemFlow, type ItemFlow } from './link/item-flow.ts';
import { type Link, type LinkEnd, pumpLink } from './link/link.ts';
import type { LinkNote } from './link/progress-board.ts';
import { openEventLoopPump, openThreadPump, type Pump } from './link/pump.ts';
import { nativeStage, processStage, type Stage, type StageRole } from './stage.ts';
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

/** A plugin that is about to work: an invocation becomes a process, an open connector works in this one. */
export type ChainMember =
  | { readonly kind: 'process'; readonly role: StageRole; readonly invocation: Invocation }
  | { readonly kind: 'tap'; readonly plugin: string; readonly tap: OpenTap; readonly stop: AbortController }
  | {
      readonly kind: 'target';
      readonly plugin: string;
      readonly target: OpenTarget;
      readonly stop: AbortController;
    };

export interface ChainOptions {
  readonly maxMessageBytes: number;
  readonly threads: boolean;
  readonly leftoverGraceMs: number;
  readonly watchdog: Watchdog;
  readonly pipes: PipeSupply;
  readonly redact: (text: string) => string;
  readonly log: Log;
  onErrorLine(plugin: string, role: StageRole, line: string): void;
  onStarted(plugin: string, pid: number): void;
  onLinkNote(link: number, note: LinkNote): void;
  /** The target has made everything before this state durable. */
  onState(state: JsonObject): void;
  onNotice(notice: LoadNotice): void;
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

  if (tap !== undefined && children.length > 0) addEncoder(tap, children[0], stages, links);
  if (target !== undefined) {
    const lastChild = children.at(-1);
    const flow =
      lastChild === undefined
        ? recordFlow(tap, target, stages)
        : decodeFlow(lastChild, target, stages, options);
    links.push(flow.link);
    const load = target.target.load(flow.items, {
      acknowledge: async (state) => acknowledge(state, options),
      notice: options.onNotice,
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
      for (const stage of stages) stage.clearUp();
      for (const pump of pumps) pump.close();
    },
  };
}

function acknowledge(state: JsonValue, options: ChainOptions): void {
  if (typeof state === 'object' && state !== null && !Array.isArray(state))
    options.onState(state as JsonObject);
  else options.log.log('warning', 'Received state is invalid, incremental state has not been updated');
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
    const [source, sink] = [paths?.[index * 2], paths?.[index * 2 + 1]];
    return source === undefined || sink === undefined
      ? openEventLoopPump(own)
      : openThreadPump(source, sink, own);
  });
}

type ProcessMember = Extract<ChainMember, { kind: 'process' }>;

async function startProcesses(
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

type TapMember = Extract<ChainMember, { kind: 'tap' }>;
type TargetMember = Extract<ChainMember, { kind: 'target' }>;

/** Puts a native tap before the first process. */
function addEncoder(member: TapMember, child: Child | undefined, stages: Stage[], links: Link[]): void {
  const stdin = child?.stdin;
  if (child === undefined || stdin === null || stdin === undefined)
    throw new TypeError('The first process must have a pipe as its input');
  const counter = createItemCounter();
  const work = encodeItems(member.tap.read('record'), stdin, counter.add);
  const done = work.then(
    (all): LinkEnd => ({ reason: all ? 'end' : 'broken-pipe', unfinishedBytes: 0 }),
    // The tap's failure is told by its stage; its receiver gets the end of its input.
    (): LinkEnd => {
      stdin.end();
      return { reason: 'end', unfinishedBytes: 0 };
    },
  );
  stages.unshift(
    nativeStage(
      'extractor',
      member.plugin,
      work.then(() => {}),
      member.stop,
    ),
  );
  links.unshift({
    done,
    counts: counter.counts,
    bytesMoved: counter.bytes,
    isWaitingForSink: () => stdin.writableNeedDrain,
    async sinkGone() {
      const unread = stdin.writableLength + child.unreadInput();
      stdin.destroy();
      return unread;
    },
    abandon: () => void stdin.destroy(),
  });
}

/** From the output of a process into a native target. */
function decodeFlow(
  child: Child,
  target: TargetMember,
  stages: readonly Stage[],
  options: ChainOptions,
): ItemFlow {
  const stdout = child.stdout as Readable;
  let unfinished = 0;
  const items = decodeItems(stdout, {
    maxLineBytes: options.maxMessageBytes,
    onUnfinished: (bytes) => {
      unfinished = bytes;
    },
  });
  const upstream = [...stages];
  return createItemFlow(items, {
    unfinishedBytes: () => unfinished,
    async sourceFinished() {
      if (unfinished > 0) return false;
      const ends = await atMost(
        Promise.all(upstream.map((stage) => stage.ended)),
        2 * options.leftoverGraceMs,
      );
      return (ends ?? []).every((end) => end.error === undefined && (end.process?.exitCode ?? 1) === 0);
    },
    onCutShort: () => target.stop.abort(),
    abandon: () => void stdout.destroy(),
  });
}

/** From a native tap into a native target, in this process. */
function recordFlow(tap: TapMember | undefined, target: TargetMember, stages: Stage[]): ItemFlow {
  if (tap === undefined) throw new TypeError('A native target needs a source');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const flow = createItemFlow(tap.tap.read('record'), {
    unfinishedBytes: () => 0,
    sourceFinished: async () => !tap.stop.signal.aborted,
    onCutShort: () => target.stop.abort(),
    abandon: () => tap.stop.abort(),
  });
  void flow.link.done.then((end) => (end.reason === 'failed' ? reject(end.error) : resolve()));
  stages.push(nativeStage('extractor', tap.plugin, promise, tap.stop));
  return {
    items: flow.items,
    // The failure is the tap's, and told by its stage.
    link: {
      ...flow.link,
      done: flow.link.done.then(({ error: _, ...end }) => ({
        ...end,
        reason: end.reason === 'failed' ? 'end' : end.reason,
      })),
    },
  };
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
