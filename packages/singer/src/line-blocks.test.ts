import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineBlocks, type LineBlock } from './line-blocks.ts';

const bytesOf = (text: string) => Buffer.from(text);

function readAll(chunks: readonly Uint8Array[], maxBytes = 10_000): readonly LineBlock[] {
  const blocks = createLineBlocks({ maxBytes });
  const seen = chunks.flatMap((chunk) => [...blocks.push(chunk)]);
  const last = blocks.end();
  return last === undefined ? seen : [...seen, last];
}

const linesOf = (blocks: readonly LineBlock[]) => blocks.flatMap(({ lines }) => lines);

it('gives the same lines however the bytes are cut, and knows when their length is their size', () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/\n|\ufeff/g, ' '));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(50)), (wanted, cuts) => {
      const bytes = bytesOf(wanted.map((each) => `${each}\n`).join(''));
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        chunks.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      const blocks = readAll(chunks);
      // A lone surrogate is not in UTF-8.
      expect(linesOf(blocks)).toEqual(wanted.map((each) => bytesOf(each).toString()));
      for (const { lines, isAscii } of blocks) {
        for (const each of lines)
          expect(Buffer.byteLength(each) === each.length).toBe(isAscii || !/[^\0-\x7f]/.test(String(each)));
      }
    }),
  );
});

it('takes the end of the input for the end of a line', () => {
  expect(linesOf(readAll([bytesOf('a\nb')]))).toEqual(['a', 'b']);
  expect(linesOf(readAll([bytesOf('a\n\n')]))).toEqual(['a', '']);
  expect(readAll([])).toEqual([]);
});

it('leaves as bytes what is not UTF-8, with the lines around it', () => {
  const chunk = Buffer.concat([bytesOf('a\nb\n'), Buffer.from([0xff, 10]), bytesOf('\nc\nd')]);
  const lines = linesOf(readAll([chunk]));
  expect(lines.map((each) => Buffer.from(each).toString('latin1'))).toEqual(['a', 'b', '\xff', '', 'c', 'd']);
  expect(lines[2]).toBeInstanceOf(Uint8Array);
});

it.each([
  ['a later line of a chunk', ['1\n2\n3\n123456\n4\n'], ['1', '2', '3']],
  ['the first', ['123456\n1\n'], []],
  ['one that has no end yet', ['1\n2\n123456'], ['1', '2']],
  ['one in pieces', ['1\n123', '456\n'], ['1']],
])('refuses %s beyond the limit, after those before it', (_, chunks, before) => {
  const blocks = createLineBlocks({ maxBytes: 5 });
  const seen: unknown[] = [];
  expect(() => {
    for (const chunk of chunks) for (const { lines } of blocks.push(bytesOf(chunk))) seen.push(...lines);
  }).toThrow(/limit of 5 bytes/);
  expect(seen).toEqual(before);
});

it('says whether all numbers of a block are plain', () => {
  const blocks = readAll([bytesOf('{"a":1}\n{"a":2}\n{"a":3}'), bytesOf('}\n{"a":"1.0"}\n{"a":1.0}\n')]);
  expect(blocks.map(({ isPlain }) => isPlain)).toEqual([true, true, true, false]);
});
