import type { RunEvent, RunEventBody } from '@meltano/engine/events';
import { expect, it } from 'vitest';
import { createLiveRun } from './live-run.ts';
import { createGlyphs, createStyle } from './style.ts';

/** Plays what was written as a terminal would and gives the lines that stand there at the end. */
function screen(output: string): readonly string[] {
  let lines: string[] = [''];
  let isAtStart = true;
  // oxlint-disable-next-line no-control-regex -- escape sequences
  for (const [token] of output.matchAll(/\u001b\[(\d+)A|\u001b\[0J|\n|\r|[^\u001b\n\r]+/g)) {
    if (token === '\n') lines.push('');
    else if (token.startsWith('\u001b[') && token.endsWith('A')) {
      const kept = lines.slice(0, lines.length - Number.parseInt(token.slice(2), 10));
      // Going up does not go left: what stands there before the cursor stays.
      lines = isAtStart ? [...kept.slice(0, -1), ''] : kept;
    } else if (token !== '\r' && token !== '\u001b[0J') lines[lines.length - 1] += token;
    isAtStart = token === '\n' || token === '\r' || (isAtStart && token.startsWith('\u001b'));
  }
  return lines;
}

function start(columns = 80) {
  const written: string[] = [];
  const stream = { isTTY: true, columns, write: (text: string) => written.push(text) };
  const live = createLiveRun({
    stream,
    style: createStyle(false),
    glyphs: createGlyphs({ LANG: 'x.UTF-8' }),
    maxStreams: 3,
  });
  const event = (body: RunEventBody) => live.observe({ ...body, runId: 'r', seq: 1, at: 0 } as RunEvent);
  const echo = (text: string) => written.push(text);
  return { live, event, echo, text: () => written.join(''), lines: () => screen(written.join('')) };
}

it('draws the block and its streams, and keeps log lines above', () => {
  const { live, event, lines } = start();
  event({ kind: 'block-started', block: 0, name: 'tap-a target-b', lane: 'pump' });
  live.tick(1_000);
  live.above('a log line\n');
  event({ kind: 'progress', block: 0, streams: [{ stream: 'orders', read: 1_204_000, bytes: 96_000_000 }] });
  live.tick(2_000);
  expect(lines()[0]).toBe('a log line');
  expect(lines().join('\n')).toContain('orders');
  expect(lines().join('\n')).toContain('1,204,000');
  expect(lines().filter((line) => line.includes('tap-a target-b'))).toHaveLength(1);
});

it('leaves nothing behind but the log', () => {
  const { live, event, lines } = start();
  event({ kind: 'block-started', block: 0, name: 'x', lane: 'pump' });
  live.tick(1_000);
  live.above('kept\n');
  live.tick(2_000);
  live.close();
  expect(lines()).toEqual(['kept', '']);
});

it('never writes a line wider than the terminal, and counts the streams that do not fit', () => {
  const { live, event, lines } = start(40);
  event({
    kind: 'block-started',
    block: 0,
    name: 'a-very-long-extractor-name a-very-long-loader-name',
    lane: 'record',
  });
  const streams = Array.from({ length: 9 }, (_, n) => ({
    stream: `stream-with-a-long-name-${n}`,
    read: n,
    bytes: n,
  }));
  event({ kind: 'progress', block: 0, streams });
  live.tick(5_000);
  for (const line of lines()) expect(line.length, line).toBeLessThan(40);
  expect(lines().join('\n')).toContain('6 more');
});

it('says what it waits for', () => {
  const { live, event, lines } = start();
  event({ kind: 'block-started', block: 0, name: 'x', lane: 'pump' });
  event({ kind: 'waiting', block: 0, reason: 'the lock of dev:a-to-b' });
  live.tick(1_000);
  expect(lines().join('\n')).toContain('waiting for the lock of dev:a-to-b');
});

it('says what a plugin tries again, until further records come', () => {
  const { live, event, lines } = start();
  event({ kind: 'block-started', block: 0, name: 'x', lane: 'record' });
  const progress = (read: number) =>
    event({ kind: 'progress', block: 0, streams: [{ stream: 'orders', read, bytes: 0 }] });
  const fields = { name: 'tap-a', attempt: 2 };
  event({ kind: 'log', block: 0, level: 'info', event: 'GET /orders: refused: next try in 2 s', fields });
  progress(0);
  live.tick(1_000);
  expect(lines().join('\n')).toContain('trying again: GET /orders: refused: next try in 2 s');
  progress(1);
  live.tick(2_000);
  expect(lines().join('\n')).not.toContain('trying again');
});

it('draws nothing for a block that is over at once, and no total of nothing or of one stream', () => {
  const { live, event, text, lines } = start();
  event({ kind: 'block-started', block: 0, name: 'x', lane: 'pump' });
  live.tick(200);
  expect(text()).toBe('');
  live.tick(400);
  expect(lines().join('\n')).not.toContain('total');
  event({ kind: 'progress', block: 0, streams: [{ stream: 'orders', read: 3, bytes: 9 }] });
  live.tick(500);
  expect(lines().join('\n')).toContain('orders');
  expect(lines().join('\n')).not.toContain('total');
  const streams = ['orders', 'people'].map((stream) => ({ stream, read: 3, bytes: 9 }));
  event({ kind: 'progress', block: 0, streams });
  live.tick(600);
  expect(lines().join('\n')).toContain('total');
});

it('erases all of itself although a key was echoed', () => {
  const { live, event, echo, lines } = start();
  event({ kind: 'block-started', block: 0, name: 'tap-a target-b', lane: 'pump' });
  live.tick(1_000);
  echo('^C');
  live.above('Stopping\n');
  live.close();
  expect(lines()).toEqual(['Stopping', '']);
});
