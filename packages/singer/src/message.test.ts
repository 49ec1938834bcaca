import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine, renderLine } from './line.ts';

describe('messages', () => {
  it.each([
    '{"type":"SCHEMA","stream":"s","schema":{"properties":{}},"key_properties":["id"],"bookmark_properties":["at"],"x":1}',
    '{"type":"RECORD","stream":"s","record":{"id":9007199254740993,"d":1.10},"time_extracted":"2026-01-01T00:00:00Z","version":3,"y":[1]}',
    '{"type":"STATE","value":{"bookmarks":{"s":{"v":1.0}}},"z":null}',
    '{"type":"ACTIVATE_VERSION","stream":"s","version":7,"w":true}',
    '{"type":"BATCH","stream":"s","encoding":{"format":"jsonl"},"manifest":["file:///a"]}',
    '{"type":"CUSTOM","anything":{"n":12345678901234567890}}',
  ])('keeps every member of %s (Invariant 6)', (line) => {
    expect(renderLine(parseLine(line))).toBe(`${line}\n`);
  });

  it.each([
    ['[1]', 'must be a JSON object'],
    ['{"stream":"s"}', 'must have a "type"'],
    ['{"type":"SCHEMA","stream":"s"}', '"schema"'],
    ['{"type":"RECORD","record":{}}', '"stream"'],
    ['{"type":"RECORD","stream":"s","record":[]}', '"record"'],
    ['{"type":"STATE"}', '"value"'],
    ['{"type":"ACTIVATE_VERSION","stream":"s"}', '"version"'],
  ])('refuses %s', (line, message) => {
    expect(() => parseLine(line)).toThrow(message);
  });

  it('says what is wrong with a line that is no JSON, without quoting it', () => {
    expect(() => parseLine('{"type":"RECORD","secret')).toThrow(/24 bytes is not valid JSON/);
    expect(() => parseLine(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(/not valid JSON/);
  });

  it('carries any record unchanged', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const line = `${JSON.stringify({ type: 'RECORD', stream: 's', record })}`;
        expect(JSON.parse(renderLine(parseLine(line)))).toEqual(JSON.parse(line));
      }),
    );
  });
});
