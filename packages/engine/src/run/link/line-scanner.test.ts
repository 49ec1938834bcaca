import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineGate } from './line-gate.ts';
import { createLineScanner } from './line-scanner.ts';

interface Seen {
  readonly records: Record<string, number>;
  readonly bytes: Record<string, number>;
  readonly others: string[];
  readonly broken: number[];
  readonly tooLong: string[];
}

function scanner(maxBytes = 1000) {
  const streams: string[] = [];
  const seen: Seen = { records: {}, bytes: {}, others: [], broken: [], tooLong: [] };
  const scan = createLineScanner(
    {
      onStream: (name) => streams.push(name),
      onRecord(stream, bytes) {
        const name = streams[stream] ?? '?';
        seen.records[name] = (seen.records[name] ?? 0) + 1;
        seen.bytes[name] = (seen.bytes[name] ?? 0) + bytes;
      },
      onOther: (type, stream) => seen.others.push(`${type} ${stream ?? '-'}`),
      onBroken: (bytes) => seen.broken.push(bytes),
      onTooLong: (type, stream, bytes) => seen.tooLong.push(`${type} ${stream ?? '-'} ${bytes}`),
    },
    maxBytes,
  );
  return { scan, seen };
}

/** Passes text through a gate in pieces of the given sizes; answers with what came out. */
function pass(text: string, sizes: readonly number[], holdBytes: number, maxBytes?: number) {
  const { scan, seen } = scanner(maxBytes);
  const gate = createLineGate(scan, holdBytes);
  const input = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < input.length; turn += 1) {
    const room = gate.room();
    const size = sizes.length === 0 ? room.length : (sizes[turn % sizes.length] ?? 1);
    const count = input.copy(room, 0, at, Math.min(input.length, at + size));
    at += count;
    out.push(Buffer.from(gate.advance(count)));
  }
  const { rest, unfinishedBytes } = gate.finish();
  out.push(Buffer.from(rest));
  return { output: Buffer.concat(out).toString(), unfinishedBytes, seen };
}

describe('what a line is', () => {
  const scanAll = (...lines: readonly string[]) =>
    pass(lines.map((line) => `${line}\n`).join(''), [], 1 << 20).seen;

  test('records in every order of members', () => {
    const seen = scanAll(
      '{"type": "RECORD", "stream": "a", "record": {"id": 1}}',
      '{"type": "RECORD", "stream": "a", "record": {"id": 2}}',
      '{"stream":"b","type":"RECORD","record":{}}',
      '{"record":{"type":"STATE","stream":"x"},"stream":"c","type":"RECORD"}',
      '{"type":"RECORD","record":{"stream":"x"},"stream":"d"}',
      '  { "type" : "RECORD" , "stream" : "a \\"q\\" \\u00e9" , "record" : {} } \r',
    );
    expect(seen.records).toEqual({ a: 2, b: 1, c: 1, d: 1, 'a "q" é': 1 });
    expect(seen.broken).toEqual([]);
  });

  test('streams whose names begin alike are told apart', () => {
    const line = (stream: string) => `{"type":"RECORD","stream":"${stream}","record":{}}`;
    expect(scanAll(line('a'), line('ab'), line('a'), line('abc'), line('ab')).records).toEqual({
      a: 2,
      ab: 2,
      abc: 1,
    });
  });

  test('other messages, blank lines, broken lines', () => {
    const seen = scanAll(
      '{"type":"SCHEMA","stream":"a","schema":{}}',
      '{"type":"STATE","value":{}}',
      '',
      '   ',
      'oops',
      '[1]',
      '{"type":"RECORD"}',
      '{"a":1}',
      '{"type":"RECORD","stream":"a","record":{"cut',
    );
    expect(seen.others).toEqual(['SCHEMA a', 'STATE -']);
    expect(seen.broken).toEqual([5, 4, 18, 8, 45]);
    expect(seen.records).toEqual({});
  });

  test('a message that is no RECORD has a limit, a RECORD has none', () => {
    const long = 'x'.repeat(2000);
    const text = `{"type":"SCHEMA","stream":"a","schema":{"d":"${long}"}}\n{"type":"RECORD","stream":"a","record":{"d":"${long}"}}\n{"record":{"d":"${long}"},"stream":"b","type":"RECORD"}\n`;
    for (const hold of [100, 1 << 20]) {
      const { seen } = pass(text, [64], hold);
      expect(seen.records).toEqual({ a: 1, b: 1 });
      expect(seen.tooLong).toHaveLength(1);
      expect(seen.tooLong[0]).toMatch(/^SCHEMA a \d+$/);
    }
  });
});

const names = fc.constantFrom('a', 'ab', 'users', 'quote"d', 'ünï');
const record = fc.record({ id: fc.integer(), text: fc.string({ maxLength: 40 }) });
const message = fc.oneof(
  fc.tuple(names, record).map(([stream, value]) => ({ type: 'RECORD', stream, record: value })),
  fc.tuple(names, record).map(([stream, value]) => ({ record: value, stream, type: 'RECORD' })),
  names.map((stream) => ({ type: 'SCHEMA', stream, schema: {} })),
  record.map((value) => ({ type: 'STATE', value })),
);

test('whatever the pieces and the budget, every byte passes and every record is counted', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(1, 20, 60, 10_000),
      fc.boolean(),
      (messages, sizes, holdBytes, ends) => {
        const text = messages.map((each) => JSON.stringify(each)).join('\n') + (ends ? '\n' : '');
        const { output, unfinishedBytes, seen } = pass(text, sizes, holdBytes, 1 << 20);
        expect(output).toBe(text);
        expect(unfinishedBytes).toBe(0);
        const expected: Record<string, number> = {};
        for (const each of messages) {
          if ('record' in each) expected[each.stream] = (expected[each.stream] ?? 0) + 1;
        }
        expect(seen.records).toEqual(expected);
        expect(seen.broken).toEqual([]);
      },
    ),
  );
});

test('a line that is cut short is held back within the budget, and its size is told', () => {
  const whole = '{"type":"RECORD","stream":"a","record":{"id":1}}\n';
  const cut = '{"type":"RECORD","stream":"a","rec';
  expect(pass(whole + cut, [7], 1000)).toMatchObject({
    output: whole,
    unfinishedBytes: cut.length,
    seen: { records: { a: 1 } },
  });
  expect(pass(whole + cut, [7], 10)).toMatchObject({
    unfinishedBytes: cut.length,
    seen: { records: { a: 1 } },
  });
});

test('blank bytes after the last line pass', () => {
  expect(pass('{"type":"STATE","value":1}\n  ', [], 1000)).toMatchObject({
    output: '{"type":"STATE","value":1}\n  ',
    unfinishedBytes: 0,
  });
});
