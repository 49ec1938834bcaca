import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { LogFields } from '@meltano/foundation/log';
import { systemClock } from '@meltano/sdk/host/system-clock';
import { registerChecks } from '@meltano/sdk/testing/check';
import { outputByStream } from '@meltano/sdk/testing/tap-output';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { tapJsonl } from './tap-jsonl.ts';

const folder = mkdtempSync(join(tmpdir(), 'jsonl-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(file: JsonObject, more: JsonObject = {}) {
  const warnings: LogFields[] = [];
  const open = await tapJsonl.open({
    config: { files: [{ entity: 'x', ...file }], ...more },
    log: { log: (level, _, fields = {}) => void (level === 'warning' && warnings.push(fields)) },
    clock: systemClock,
    signal: new AbortController().signal,
  });
  const items = [];
  try {
    for await (const item of open.read('record')) items.push(item);
  } finally {
    await open.close();
  }
  const output = outputByStream(items).get('x');
  return { records: output?.records ?? [], properties: output?.schema.schema['properties'], warnings };
}

describe('the suite', () => {
  const lines = Array.from({ length: 3_000 }, (_, id) =>
    stringifyJson({ id, at: new Date(id * 1_000).toISOString(), tags: [{ n: id }] }),
  );
  const events = write('events.jsonl.gz', gzipSync(lines.join('\n')));
  const list = write('list.json', '[{"id": 1, "name": "a"},\n {"id": 2, "name": null, "more": true}]');
  const at = { type: ['string'], format: 'date-time' };
  const files = [
    { entity: 'events', path: events, keys: ['id'], replication_key: 'at', schema: { at } },
    { entity: 'list', path: list, keys: ['id'] },
  ];
  registerChecks(tapSuite({ tap: tapJsonl, config: { files }, invalidConfig: { files: 7 } }), test);
});

const layouts: Readonly<Record<string, (texts: readonly string[]) => string>> = {
  'one per line': (texts) => texts.join('\n'),
  'CR LF and blank lines': (texts) => texts.map((text) => `${text}\r\n\r\n`).join(''),
  'an array': (texts) => `[${texts.join(',')}]`,
  'an array over many lines': (texts) => ` \n[\n${texts.join('\n,\n')}\n]\n`,
  'one behind the other': (texts) => texts.join(''),
  'over many lines': (texts) =>
    texts.map((text) => JSON.stringify(JSON.parse(text), undefined, 2)).join('\n'),
};

describe('reads objects in every layout', () => {
  const object = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  });
  test.each(Object.entries(layouts))('%s', async (name, layout) => {
    await fc.assert(
      fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 5 }), async (objects) => {
        const texts = objects.map((each) => JSON.stringify(each));
        const { records } = await read({ path: write(`${name}.json`, layout(texts)) });
        const sparse = records.map((record) => JSON.stringify(record, Object.keys(record).sort()));
        expect(sparse).toHaveLength(objects.length);
        expect(records.map((record) => sorted(record))).toEqual(
          objects.map((each) => sorted(JSON.parse(JSON.stringify(each)) as JsonObject)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

function sorted(record: JsonObject): unknown {
  return JSON.parse(
    stringifyJson(Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))),
  );
}

test('reads a value that is longer than a piece of the file, wherever the pieces are cut', async () => {
  for (const shift of ['', ' ', '  ', '   ']) {
    const long = '\\"é\n'.repeat(200_000);
    const path = write('long.jsonl', `${shift}${JSON.stringify({ a: long })}\n{"a":"b"}`);
    expect((await read({ path })).records).toEqual([{ a: long }, { a: 'b' }]);
  }
});

test('types by the sample: mixtures keep all their types, and numbers their digits', async () => {
  const path = write(
    'types.jsonl',
    '{"i":1,"n":1,"m":1,"o":null}\n{"i":9007199254740993,"n":1.50,"m":"x","list":[1]}\n',
  );
  const { records, properties } = await read({ path });
  expect(properties).toEqual({
    i: { type: ['integer', 'null'] },
    n: { type: ['number', 'null'] },
    m: { type: ['integer', 'string', 'null'] },
    o: { type: ['string', 'null'] },
    list: { type: ['array', 'null'] },
  });
  expect(stringifyJson(records[1] ?? null)).toBe('{"i":9007199254740993,"n":1.50,"m":"x","list":[1]}');
});

test('a property that the sample does not have is left out with a count, unless the schema or a larger sample has it', async () => {
  const path = write('late.jsonl', '{"a":1}\n{"a":2,"late":3}\n{"a":2,"late":3}\n');
  const sampled = await read({ path }, { sample_records: 1 });
  expect(sampled.records[1]).toEqual({ a: 2 });
  expect(sampled.warnings).toMatchObject([{ property: 'late', count: 2 }]);
  expect(
    (await read({ path, schema: { late: { type: 'integer' } } }, { sample_records: 1 })).records[1],
  ).toEqual({ a: 2, late: 3 });
  expect((await read({ path }, { sample_records: 0 })).records[1]).toEqual({ a: 2, late: 3 });
});

test.each([
  ['a line that is not JSON', '{"a":1}\n{"a":\n', 'files.invalid_json', 2],
  ['a line that is no object', '{"a":1}\n"secret"\n', 'files.not_an_object', 2],
  ['an array that is not closed', '[{"a":1},\n', 'files.invalid_json', 2],
  ['an element that is no object', '[{"a":1},\n7]', 'files.not_an_object', 2],
])('fails at %s, with file and line and without its content', async (_, text, code, line) => {
  const failure = read({ path: write('bad.jsonl', text) }, { sample_records: 1 });
  await expect(failure).rejects.toMatchObject({ code, place: { line } });
  await expect(failure).rejects.not.toThrow('secret');
});

test('adds where a record comes from', async () => {
  const path = write('meta.jsonl', '{"a":1}\n\n{"a":2}\n');
  const { records } = await read({ path }, { add_metadata_columns: true });
  expect(records[1]).toMatchObject({ _sdc_source_file: path, _sdc_source_lineno: 3, a: 2 });
});

test('of a folder reads the files that are JSON', async () => {
  write('plain.txt', 'nothing');
  const only = mkdtempSync(join(folder, 'sub-'));
  writeFileSync(join(only, 'a.ndjson'), '{"a":1}');
  writeFileSync(join(only, 'b.csv'), 'a');
  expect((await read({ path: only })).records).toEqual([{ a: 1 }]);
});

test('a member that no entry has is refused, with the nearest one', async () => {
  const path = write('member.jsonl', '{"id": 1}\n');
  await expect(read({ path, replication_kee: 'id' })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining("has no member 'replication_kee' (did you mean 'replication_key'?)"),
  });
  // A CSV file has one, a JSON file none.
  await expect(read({ path, delimiter: ';' })).rejects.toMatchObject({
    message: expect.stringContaining("has no member 'delimiter' (it can have entity, path, keys, "),
  });
});
