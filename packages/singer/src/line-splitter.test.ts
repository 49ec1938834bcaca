import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';

const text = (lines: readonly Uint8Array[]) => lines.map((line) => Buffer.from(line).toString());

it('gives the same lines however the bytes are cut', () => {
  const lines = fc.array(fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', ' ')));
  fc.assert(
    fc.property(lines, fc.array(fc.nat(50)), (wanted, cuts) => {
      const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(''));
      const splitter = createLineSplitter({ maxBytes: 10_000 });
      const seen: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        // A Buffer's own `slice` shares memory: what the splitter keeps must be a real copy.
        const chunk = Buffer.from(bytes.subarray(at, at + cut));
        seen.push(...text(splitter.push(chunk)));
        chunk.fill(0);
        at += cut;
      }
      expect(splitter.end()).toBeUndefined();
      expect(seen).toEqual(wanted.map((line) => Buffer.from(line).toString()));
    }),
  );
});

it('takes the end of the input for the end of a line', () => {
  const splitter = createLineSplitter({ maxBytes: 100 });
  expect(text(splitter.push(Buffer.from('a\nb')))).toEqual(['a']);
  expect(Buffer.from(splitter.end() ?? []).toString()).toBe('b');
});

it.each(['123456\n', '123456'])('refuses a line beyond the limit: %j', (line) => {
  const splitter = createLineSplitter({ maxBytes: 5 });
  expect(text(splitter.push(Buffer.from('12345\n')))).toEqual(['12345']);
  expect(() => splitter.push(Buffer.from(line))).toThrow(/limit of 5 bytes/);
});
