import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { afterAll, expect, test } from 'vitest';
import { defineConfig } from '../../config/config.ts';
import { systemClock } from '../../host/system-clock.ts';
import { s } from '../../schema/schema.ts';
import { defineTap } from '../../tap/define-tap.ts';
import { openCassette } from '../cassette.ts';
import { linkHeader } from '../paginate.ts';
import { type RestOptions, rest } from '../rest.ts';
import { csvRows } from './csv-rows.ts';
import { gzipped } from './gzipped.ts';
import { jsonDocument } from './json-document.ts';
import { jsonLines } from './json-lines.ts';
import { textLines } from './text-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'decode-'));
const servers: Server[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const each of servers) {
    each.closeAllConnections();
    each.close();
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const own = createServer(answer);
  servers.push(own);
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
}

const serve = (body: string | Buffer, type = 'application/octet-stream') =>
  listen((_, response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(body);
  });

interface Reading {
  readonly fetch?: typeof fetch;
  readonly maxBodyBytes?: number;
  onRecords?(records: readonly unknown[]): void;
}

async function read(
  baseUrl: string,
  options: Partial<RestOptions<unknown>>,
  { fetch, maxBodyBytes, onRecords }: Reading = {},
) {
  const tap = defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    http: () => ({
      baseUrl,
      retry: { attempts: 2, base: 1 },
      ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    }),
    streams: { rows: rest({ path: '/rows', schema: s.object({ id: s.string() }), ...options } as never) },
  });
  const { signal } = new AbortController();
  const open = await tap.open({
    config: {},
    log: silentLog,
    clock: systemClock,
    signal,
    ...(fetch === undefined ? {} : { fetch }),
  });
  const rows: JsonObject[] = [];
  for await (const item of open.read('record'))
    if (item.kind === 'records') {
      if (onRecords === undefined) rows.push(...(item.records as readonly JsonObject[]));
      else onRecords(item.records);
    }
  await open.close();
  return rows;
}

const lines = '{"id":"1"}\n\n{"id":"2","n":12345678901234567890}\r\n{"id":"3"}';
const three = [{ id: '1' }, { id: '2' }, { id: '3' }];
const idsOf = (rows: readonly JsonObject[]) => rows.map(({ id }) => ({ id }));

test.each([
  ['lines of JSON', jsonLines(), lines],
  ['lines in gzip', gzipped(jsonLines()), gzipSync(lines)],
  ['lines that are not in gzip after all', gzipped(jsonLines()), lines],
  ['one byte, which is no gzip', gzipped(csvRows({ names: ['id'] })), '1'],
  ['plain lines', textLines('id'), '1\n\n2\r\n3\n'],
  ['CSV', csvRows(), 'id,x\r\n1,"a\n,b"\n2,\n3,c'],
  [
    'CSV of its own kind',
    csvRows({ delimiter: '\t', quote: "'", names: ['x', 'id'] }),
    "'a\t'\t1\nb\t2\nc\t3\n",
  ],
  ['CSV in gzip', gzipped(csvRows()), gzipSync('id\n1\n2\n3\n')],
  ['JSON in gzip', gzipped(jsonDocument()), gzipSync('[{"id":"1"},{"id":"2"},{"id":"3"}]')],
  ['a part of JSON', jsonDocument({ at: '$.a.b[*]' }), '{"a":{"b":[{"id":"1"},{"id":"2"},{"id":"3"}]}}'],
  ['Latin lines', jsonLines({ charset: 'latin1' }), Buffer.from('{"id":"1","x":"é"}', 'latin1')],
])('%s', async (name, decode, body) => {
  const one = name.startsWith('one') || name.startsWith('Latin');
  expect(idsOf(await read(await serve(body), { decode }))).toEqual(one ? three.slice(0, 1) : three);
});

test('what is empty has no records, fields that are missing are null, and so is what stands for it', async () => {
  for (const decode of [jsonLines(), csvRows(), gzipped(csvRows())])
    expect(await read(await serve(''), { decode })).toEqual([]);
  const text = s.string().nullable();
  const schema = s.object({ id: s.string(), x: text, y: text });
  const csv = await serve('id,x,y\n1,NA\n2,,b\n');
  expect(await read(csv, { decode: csvRows({ nulls: ['NA'] }), schema })).toEqual([
    { id: '1', x: null, y: null },
    { id: '2', x: '', y: 'b' },
  ]);
});

test('of lines, "records" is about each of them', async () => {
  const url = await serve('{"data":[{"id":"1"},{"id":"2"}]}\n{"data":[{"id":"3"}]}\n');
  expect(await read(url, { decode: jsonLines(), records: '$.data' })).toEqual(three);
});

test.each([
  ['a line that is no JSON', jsonLines(), '{"id":"1"}\n{"id":', 'line 2 is not JSON'],
  ['a row with more fields', csvRows(), 'id\n1\n2,3\n', 'line 3 has 2 fields, but there are 1 columns'],
  ['a quote without end', csvRows(), 'id\n1\n"2\n', 'line 3 opens a quote that is never closed'],
  ['gzip that is not whole', gzipped(csvRows()), gzipSync('id\n1\n').subarray(0, 20), 'not whole gzip'],
  [
    'bytes that are no characters',
    jsonLines(),
    Buffer.from([0x7b, 0xff, 0x7d]),
    'not the utf-8 it should be',
  ],
])('%s fails the stream', async (_, decode, body, message) => {
  await expect(read(await serve(body), { decode })).rejects.toThrow(message);
});

test('a page for people, or nothing where a document should be, is not taken for data', async () => {
  for (const decode of [csvRows(), jsonLines(), gzipped(jsonDocument())])
    await expect(read(await serve('id\n1', 'text/html'), { decode })).rejects.toThrow('a web page (HTML)');
  await expect(read(await serve(''), { decode: jsonDocument() })).rejects.toThrow('an empty body');
  await expect(read(await serve('x', 'text/plain'), { decode: jsonDocument() })).rejects.toThrow('not JSON');
});

test('rules see how an answer begins, and leave nothing behind of one that is left out', async () => {
  const url = await serve('no data for this day');
  const onError = [
    { status: 200, when: ({ text }: { text: string }) => text.startsWith('no data'), action: 'skip' },
  ];
  expect(await read(url, { decode: csvRows(), onError } as never)).toEqual([]);
});

test('pages follow one another by their headers', async () => {
  const url = await listen(({ url: asked }, response) => {
    const next: Record<string, string> = asked === '/rows' ? { link: '</rows?page=2>; rel="next"' } : {};
    response.writeHead(200, next);
    response.end(asked === '/rows' ? 'id\n1\n2\n' : 'id\n3\n');
  });
  expect(await read(url, { decode: csvRows(), paginate: linkHeader() })).toEqual(three);
});

test('a connection that breaks off is another try, and no record comes twice', async () => {
  let asked = 0;
  const url = await listen((_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-length': String(lines.length) });
    if (asked > 1) response.end(lines);
    else response.write(lines.slice(0, 20), () => response.destroy());
  });
  expect(idsOf(await read(url, { decode: jsonLines() }))).toEqual(three);
  expect(asked).toBe(2);
});

test('a large answer is not held in memory, but counts for maxBodyBytes where that is given', async () => {
  const row = `${JSON.stringify({ id: 'x'.repeat(100) })}\n`;
  const block = row.repeat(10_000);
  const blocks = 40;
  const url = await listen((_, response) => {
    let left = blocks;
    const more = () => {
      while (left > 0) {
        left -= 1;
        if (!response.write(block)) return response.once('drain', more);
      }
      return response.end();
    };
    more();
  });
  let rows = 0;
  let most = 0;
  await read(
    url,
    { decode: jsonLines() },
    {
      onRecords: (records) => {
        rows += records.length;
        most = Math.max(most, records.length);
      },
    },
  );
  expect(rows).toBe(10_000 * blocks);
  // Of 45 MB no more than some reads of the file are there as records at a time.
  expect(most).toBeLessThan(20_000);
  await expect(read(url, { decode: jsonLines() }, { maxBodyBytes: 1_000_000 })).rejects.toThrow(
    'more than 1000000 bytes',
  );
}, 60_000);

test('a file in gzip is recorded as what it holds, without secrets', async () => {
  const path = join(folder, 'cassette.json');
  const url = await serve(gzipSync('{"id":"1","note":"t0p-secret"}\n{"id":"2"}\n'));
  const recorder = openCassette(path, { mode: 'record', secrets: ['t0p-secret'] });
  const decode = gzipped(jsonLines());
  expect(idsOf(await read(url, { decode }, { fetch: recorder.fetch }))).toEqual(three.slice(0, 2));
  recorder.save();
  expect(readFileSync(path, 'utf8')).not.toContain('t0p-secret');
  const { fetch } = openCassette(path, { mode: 'replay' });
  expect(idsOf(await read(url, { decode }, { fetch }))).toEqual(three.slice(0, 2));
});

test('characters that cannot tell fields apart are refused', () => {
  expect(() => csvRows({ delimiter: ',,' })).toThrow('The delimiter of CSV must be one character');
  expect(() => csvRows({ delimiter: '"' })).toThrow('The delimiter of CSV is the quote');
});
