import type { RunEvent } from '@meltano/engine/events';
import type { StreamProgress } from '@meltano/engine/run/stream-progress';
import type { OutputStream } from '../globals.ts';
import { renderBytes, renderCount, renderDuration, renderRate } from './quantity.ts';
import type { Glyphs, Style } from './style.ts';
import { cutMiddle, stripColours, textWidth } from './text-width.ts';

/**
 * The part of the screen that is redrawn while a run goes on: one line for the block, one per running stream,
 * one for the total. States: *hidden* (nothing drawn) ⇄ *drawn* (`height` lines stand below the log); log
 * lines are written by {@link LiveRun.above}, which hides, writes and draws again; *closed* is the end.
 */
export interface LiveRun {
  observe(event: RunEvent): void;
  /** Writes lasting text above the live part. */
  above(text: string): void;
  /** Redraws when something changed; to be called by a timer, at most ten times a second. */
  tick(now: number): void;
  close(): void;
}

export interface LiveRunOptions {
  readonly stream: OutputStream;
  readonly style: Style;
  readonly glyphs: Glyphs;
  /** Lines of streams at most; the rest is counted. */
  readonly maxStreams?: number;
}

interface LiveBlock {
  readonly name: string;
  readonly lane: string | undefined;
  readonly startedAt: number;
  streams: readonly StreamProgress[];
  waiting: string | undefined;
  /** What a plugin tries again, until further records come. */
  retrying: string | undefined;
}

/** A block that is over sooner draws nothing: its summary is all there is to see. */
const quietMs = 300;

export function createLiveRun(options: LiveRunOptions): LiveRun {
  const { stream, style, glyphs, maxStreams = 12 } = options;
  let block: LiveBlock | undefined;
  let height = 0;
  let changed = false;
  let closed = false;

  const erase = () => {
    // A key that the terminal has echoed (^C) has moved the cursor to the right.
    if (height > 0) stream.write(`\r\u001b[${height}A\u001b[0J`);
    height = 0;
  };
  const draw = (now: number) => {
    if (block === undefined || closed || now - block.startedAt < quietMs) return;
    const width = Math.max(stream.columns ?? 80, 20);
    const lines = renderLiveBlock(block, { now, style, glyphs, maxStreams }).map((line) =>
      fit(line, width - 1, glyphs),
    );
    stream.write(lines.map((line) => `${line}\n`).join(''));
    height = lines.length;
  };

  return {
    observe(event) {
      changed = true;
      if (event.kind === 'block-started') {
        const { name, lane, at: startedAt } = event;
        block = { name, lane, startedAt, streams: [], waiting: undefined, retrying: undefined };
      } else if (event.kind === 'progress' && block !== undefined) {
        if (sum(event.streams, 'read') > sum(block.streams, 'read')) block.retrying = undefined;
        block.streams = event.streams;
        block.waiting = undefined;
      } else if (event.kind === 'waiting' && block !== undefined) block.waiting = event.reason;
      else if (event.kind === 'log' && event.fields['attempt'] !== undefined && block !== undefined)
        block.retrying = event.event;
      else if (event.kind === 'block-finished') {
        erase();
        block = undefined;
      }
    },
    above(text) {
      erase();
      stream.write(text);
      changed = true;
    },
    tick(now) {
      if (closed || (!changed && block === undefined)) return;
      changed = false;
      erase();
      draw(now);
    },
    close() {
      erase();
      closed = true;
    },
  };
}

interface Drawing {
  readonly now: number;
  readonly style: Style;
  readonly glyphs: Glyphs;
  readonly maxStreams: number;
}

function renderLiveBlock(block: LiveBlock, { now, style, glyphs, maxStreams }: Drawing): readonly string[] {
  const elapsed = now - block.startedAt;
  const lane = block.lane === undefined ? '' : `   ${style.dim(`lane: ${block.lane}`)}`;
  const head = `${style.cyan(glyphs.running)} ${style.bold(block.name)}${lane}   ${renderDuration(elapsed)}`;
  if (block.waiting !== undefined) return [head, `  ${style.yellow(`waiting for ${block.waiting}`)}`];
  const busiest = [...block.streams].sort((a, b) => b.read - a.read);
  const shown = busiest.slice(0, maxStreams);
  const widest = Math.min(Math.max(...shown.map((each) => textWidth(each.stream)), 5), 32);
  const line = (name: string, rows: number, bytes: number) => {
    const rate = elapsed > 500 ? renderRate(rows / (elapsed / 1000)) : '';
    const label = cutMiddle(name, widest, glyphs.ellipsis).padEnd(widest);
    return `  ${label}  ${renderCount(rows).padStart(14)}  ${renderBytes(bytes).padStart(8)}  ${rate.padStart(9)}`;
  };
  const rest = block.streams.length - shown.length;
  return [
    head,
    ...shown.map((each) => line(each.stream, each.read, each.bytes)),
    ...(rest > 0 ? [style.dim(`  ${glyphs.ellipsis} ${rest} more`)] : []),
    // Of one stream it would say the same again, of none nothing at all.
    ...(block.streams.length > 1
      ? [line('total', sum(block.streams, 'read'), sum(block.streams, 'bytes'))]
      : []),
    ...(block.retrying === undefined ? [] : [`  ${style.yellow(`trying again: ${block.retrying}`)}`]),
  ];
}

function sum(streams: readonly StreamProgress[], figure: 'read' | 'bytes'): number {
  return streams.reduce((total, each) => total + each[figure], 0);
}

/** A line never wraps: its end would stay on the screen when the live part is erased. */
function fit(line: string, width: number, glyphs: Glyphs): string {
  return textWidth(line) <= width
    ? line
    : `${stripColours(line).slice(0, width - glyphs.ellipsis.length)}${glyphs.ellipsis}`;
}
