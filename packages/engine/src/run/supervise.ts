import type { LogLevel } from '@meltano/foundation/log';
import { atMost } from '../invoke/at-most.ts';
import type { Chain } from './chain.ts';
import type { Link, LinkEnd } from './link/link.ts';
import type { Stage, StageEnd } from './stage.ts';
import type { StopSwitch } from './stop-switch.ts';
import { whenAborted } from './when-aborted.ts';

/** How a chain of plugins ended, as facts. */
export interface ChainEnd {
  /** In the order of the stages. */
  readonly ends: readonly StageEnd[];
  /** In the order of the links. */
  readonly links: readonly LinkEnd[];
  /** Index of a stage that ended before it had taken everything that came; the stages before it were killed then. */
  readonly early: number | undefined;
  /** Indexes of stages that were ended although they had done nothing wrong; how they ended means nothing. */
  readonly excused: ReadonlySet<number>;
}

export interface SuperviseOptions {
  readonly stop: StopSwitch;
  readonly graceMs: number;
  readonly leftoverGraceMs: number;
  say(level: LogLevel, event: string): void;
}

/** How long a link may take to end once its ends were killed, before it is cut off, in milliseconds. */
const unlinkMs = 1_000;

/**
 * Waits for a chain to end, and sees to it that it does: stages before one that ended early are killed, what
 * processes leave behind is ended, and a stop first drains, then kills (Invariant 8).
 */
export async function superviseChain(chain: Chain, options: SuperviseOptions): Promise<ChainEnd> {
  const { stages, links } = chain;
  let early: number | undefined;
  const excused = new Set<number>();
  const over = new AbortController();

  const killBefore = (index: number) => {
    for (const [place, stage] of stages.slice(0, index).entries()) {
      if (stage.hasExited()) continue;
      excused.add(place);
      stage.kill();
    }
  };
  const onReceiverGone = async (index: number) => {
    const link = links[index - 1];
    if (link === undefined) return;
    const unread = await link.sinkGone(unlinkMs);
    // Once nothing reads any more, a link that still has something to hand on notices at once.
    const end = await atMost(link.done, unread > 0 ? unlinkMs : 0);
    if (end?.reason === 'end' && unread === 0) return endLingering(stages.slice(0, index), options, excused);
    if (options.stop.killing.aborted) return;
    // The link itself has failed, which is told by its end: the receiver did nothing wrong.
    if (end?.reason === 'failed') return killBefore(index);
    early = early === undefined ? index : Math.max(early, index);
    if (index < stages.length - 1) options.say('warning', 'Intermediate block in sequence failed.');
    killBefore(index);
    await cutOff(link, stages[index]);
  };
  const onSenderGone = async (index: number) => {
    const link = links[index];
    const stage = stages[index];
    if (link === undefined || stage === undefined) return;
    if (await within(link.done, options.leftoverGraceMs, () => !link.isWaitingForSink())) return;
    options.say(
      'warning',
      `${stage.plugin} has ended, but something that it started keeps its output open; it is ended now`,
    );
    stage.clearUp();
    if (!(await within(link.done, unlinkMs, () => !link.isWaitingForSink()))) link.abandon();
  };
  const onKill = async () => {
    for (const stage of stages) if (!stage.hasExited()) stage.kill();
    await atMost(Promise.all(links.map((link) => link.done)), unlinkMs);
    for (const link of links) link.abandon();
  };
  const checks = stages.map((stage, index) =>
    stage.exited.then(() => Promise.all([onReceiverGone(index), onSenderGone(index)])),
  );
  whenAborted(options.stop.killing, () => void onKill(), over.signal);
  whenAborted(options.stop.draining, () => void drain(stages, options, over.signal), over.signal);

  const ends = await Promise.all(stages.map((stage) => stage.ended));
  const linkEnds = await Promise.all(links.map((link) => link.done));
  await Promise.all(checks);
  over.abort();
  return { ends, links: linkEnds, early, excused };
}

/** The source is asked to stop; what comes after it ends by itself when its input ends. Each gets its own grace. */
async function drain(stages: readonly Stage[], options: SuperviseOptions, over: AbortSignal): Promise<void> {
  for (const [index, stage] of stages.entries()) {
    if (stage.hasExited()) continue;
    if (index === 0) stage.drain();
    const ended = await within(stage.exited, options.graceMs);
    if (ended || over.aborted) continue;
    const seconds = Math.round(options.graceMs / 1000);
    options.say('warning', `${stage.plugin} did not stop within ${seconds} seconds and is killed`);
    stage.kill();
    await stage.exited;
  }
}

/** Nobody needs the link any more: it ends, also when something that its receiver left behind holds it. */
async function cutOff(link: Link, receiver: Stage | undefined): Promise<void> {
  if ((await atMost(link.done, unlinkMs)) !== undefined) return;
  receiver?.clearUp();
  if ((await atMost(link.done, unlinkMs)) === undefined) link.abandon();
}

/** Everything arrived, but a stage that has nothing more to give does not end. */
async function endLingering(
  stages: readonly Stage[],
  options: SuperviseOptions,
  excused: Set<number>,
): Promise<void> {
  for (const [index, stage] of stages.entries()) {
    if (await within(stage.exited, options.leftoverGraceMs)) continue;
    options.say('warning', `${stage.plugin} has closed its output and does not end; it is asked to stop`);
    excused.add(index);
    stage.drain();
    if (!(await within(stage.exited, options.graceMs))) stage.kill();
  }
}

/** False when it is not done in time. While `counts` says no, time stands still. */
async function within(
  work: Promise<unknown>,
  ms: number,
  counts: () => boolean = () => true,
): Promise<boolean> {
  const step = Math.min(100, Math.max(1, ms));
  const done = work.then(() => true);
  for (let spent = 0; spent < ms; spent += counts() ? step : 0) {
    if (await atMost(done, step)) return true;
  }
  return false;
}
