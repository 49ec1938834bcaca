import type { Readable } from 'node:stream';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { OpenTap } from '@meltano/sdk/connector';
import { atMost } from '../invoke/at-most.ts';
import type { Child } from '../invoke/child.ts';
import type { ChainOptions, TapMember, TargetMember } from './chain-member.ts';
import { decodeItems } from './link/decode.ts';
import { encodeItems } from './link/encode.ts';
import { createItemCounter, type ItemCounter } from './link/item-counter.ts';
import { createItemFlow, type ItemFlow } from './link/item-flow.ts';
import type { Link, LinkEnd } from './link/link.ts';
import { nativeStage, type Stage } from './stage.ts';

interface EncoderPlace {
  readonly stages: Stage[];
  readonly links: Link[];
  /** The tap writes files of records, as its `batch_config` says. */
  readonly batches: boolean;
}

/** Puts a native tap before the first process. */
export function addEncoder(
  member: TapMember,
  child: Child | undefined,
  { stages, links, batches }: EncoderPlace,
): void {
  const stdin = child?.stdin;
  if (child === undefined || stdin === null || stdin === undefined)
    throw new TypeError('The first process must have a pipe as its input');
  const counter = createItemCounter();
  const work =
    batches && member.batched !== undefined
      ? encodeItems(member.batched(countedTap(member.tap, counter)).read('record'), stdin, () => {})
      : encodeItems(member.tap.read('record'), stdin, counter.add);
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

/** Counts records before they go into files. */
function countedTap(tap: OpenTap, counter: ItemCounter): OpenTap {
  return {
    ...tap,
    async *read(lane) {
      for await (const item of tap.read(lane)) {
        counter.add(item);
        yield item;
      }
    },
  };
}

/** From the output of a process into a native target. */
export function decodeFlow(
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
export function recordFlow(tap: TapMember | undefined, target: TargetMember, stages: Stage[]): ItemFlow {
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

/** A native target has made everything before the state durable (Invariant 1). */
export function acknowledge(state: JsonValue, options: ChainOptions): void {
  if (typeof state === 'object' && state !== null && !Array.isArray(state))
    options.onState(state as JsonObject);
  else options.log.log('warning', 'Received state is invalid, incremental state has not been updated');
}
