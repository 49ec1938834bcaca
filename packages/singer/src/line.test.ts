import { expect, test } from 'vitest';
import { parseLine } from './line.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('reads NaN and Infinity of a record as null and counts them, but not in strings', () => {
  const counts: number[] = [];
  const line =
    '{"type": "RECORD", "stream": "t", "record": {"a": NaN, "b": [-Infinity, Infinity], "c": "NaN, \\"NaN"}}';
  const message = parseLine(bytes(line), { onNotNumber: (count) => counts.push(count) });
  expect(message).toMatchObject({ record: { a: null, b: [null, null], c: 'NaN, "NaN' } });
  expect(counts).toEqual([3]);
});

test.each([
  '{"type": "STATE", "value": {"at": NaN}}',
  '{"type": "RECORD", "stream": "t", "record": {"a": NaNa}}',
  '{"type": "RECORD", "stream": "t", "record": {"a": -}}',
])('%s is no message', (line) => {
  const reading = () => parseLine(line, { onNotNumber: () => {} });
  expect(reading).toThrow(expect.objectContaining({ code: 'singer.invalid_json' }) as Error);
});

test('names the stream and the byte of what is no JSON, and no values', () => {
  const line = '{"type": "RECORD", "stream": "users", "record": {"name": "ä secret"';
  expect(() => parseLine(bytes(line))).toThrow(
    `A line of ${bytes(line).length} bytes of stream users is not valid JSON at byte ${bytes(line).length}`,
  );
});

test('names the stream and the byte of what is no UTF-8', () => {
  const start = bytes('{"type": "RECORD", "stream": "users", "record": {"name": "ä');
  const line = new Uint8Array([...start, 0xe9, 34, 125, 125]);
  expect(() => parseLine(line)).toThrow(
    `A line of ${line.length} bytes of stream users is not valid JSON: it is not UTF-8 at byte ${start.length}`,
  );
});

test('says nothing of a stream for text that is no message', () => {
  expect(() => parseLine('Starting, "stream": "x"')).toThrow(/^A line of 23 bytes is not valid JSON/);
});

test('names the stream of what is nested too deeply, with and without numbers of many digits', () => {
  for (const value of ['1', '1.00']) {
    const line = `{"type":"RECORD","stream":"users","record":{"a":${'['.repeat(20_000)}${value}${']'.repeat(20_000)}}}`;
    expect(() => parseLine(bytes(line))).toThrow(
      `A line of ${line.length} characters of stream users is nested more than 1000 levels deep`,
    );
  }
  const fits = `{"type":"STATE","value":${'['.repeat(999)}1.00${']'.repeat(999)}}`;
  expect(parseLine(bytes(fits))).toMatchObject({ type: 'STATE' });
});
