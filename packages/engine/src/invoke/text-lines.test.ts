import { Readable } from 'node:stream';
import { createRedactor } from '@meltano/foundation/redact';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTextLines } from './text-lines.ts';

async function linesOf(chunks: readonly Buffer[], redact?: (text: string) => string) {
  const lines: string[] = [];
  await readTextLines(Readable.from(chunks), (line) => lines.push(line), redact);
  return lines;
}

test('lines, whatever the chunks', async () => {
  const text = 'one\r\n\n  zwei ü €  \n\u{1F600}\nend';
  const lines = ['one', '  zwei ü €', '\u{1F600}', 'end'];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 })), async (cuts) => {
      const bytes = Buffer.from(text);
      const edges = [0, ...[...new Set(cuts)].sort((a, b) => a - b), bytes.length];
      const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      expect(await linesOf(chunks.filter((chunk) => chunk.length > 0))).toEqual(lines);
    }),
  );
});

test('bytes that are no UTF-8 are replaced', async () => {
  expect(await linesOf([Buffer.from([0x61, 0xff, 0x62, 0xe2, 0x0a, 0x63])])).toEqual(['a\ufffdb\ufffd', 'c']);
});

test('an endless line comes in pieces, and nothing of it is lost', async () => {
  const text = Array.from({ length: 60_000 }, (_, index) => `${index};`).join('');
  const lines = await linesOf(Array.from({ length: 20 }, () => Buffer.from(text)));
  expect(lines.join('')).toBe(text.repeat(20));
  expect(lines.every((line) => line.length <= 64 * 1024)).toBe(true);
});

test('a secret across any cut of a long line is hidden', async () => {
  const secret = 'p4ss-w0rd-p4ss-w0rd';
  const { apply } = createRedactor([secret]);
  for (const end of ['', '\nmore']) {
    for (let before = 64 * 1024 - secret.length - 1; before <= 64 * 1024 + 1; before += 1) {
      const all = await linesOf([Buffer.from(`${'x'.repeat(before)}${secret}yyy${end}`)], apply);
      expect(all.join('')).not.toContain('p4ss');
      expect(all.join('')).not.toContain('w0rd');
    }
  }
  const filler = 'z'.repeat(997);
  const long = Buffer.from(`${filler}${secret}`.repeat(500));
  const chunks = Array.from({ length: Math.ceil(long.length / 4099) }, (_, index) =>
    long.subarray(index * 4099, (index + 1) * 4099),
  );
  const joined = (await linesOf(chunks, apply)).join('');
  expect(joined).toBe(`${filler}(redacted)`.repeat(500));
});
