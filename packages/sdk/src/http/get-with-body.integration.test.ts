import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { silentLog } from '@meltano/foundation/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TemplateSource } from '../tap/define-tap.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { redirectFetch } from '../testing/redirect-fetch.ts';
import { apiClient } from './api-client.ts';
import { openCassette } from './cassette.ts';
import { applyEnvProxy } from './env-proxy.ts';
import { getWithBody, hostFetch } from './get-with-body.ts';
import type { HttpRequest } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';
import { sendOnce } from './transport.ts';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer(({ url }) => {
    const status = /^\/(30\d)/.exec(url)?.[1];
    if (status !== undefined) return { status: Number(status), headers: { location: '/items' } };
    if (url === '/away') return { status: 307, headers: { location: 'http://localhost:1/' } };
    return url.startsWith('/none') ? { status: 204 } : { json: [{ name: 'Zoë' }] };
  });
});
const folder = mkdtempSync(join(tmpdir(), 'get-with-body-'));
const servers: Server[] = [];
afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const each of servers) {
    each.closeAllConnections();
    each.close();
  }
  await server.close();
});

async function listen(answer: RequestListener): Promise<string> {
  const own = createServer(answer);
  servers.push(own);
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
}

function send(
  more: Partial<HttpRequest>,
  { baseUrl = server.url, ...options }: Partial<HttpOptions> = {},
  fetch = hostFetch,
) {
  // A body of JSON comes before one of text.
  const usual = { method: 'GET', url: '/items', label: '/items', params: {}, headers: {}, text: 'x' };
  const request = { ...usual, ...more };
  return sendOnce(request, { baseUrl, ...options }, { fetch, signal: new AbortController().signal });
}

test('a GET carries a body', async () => {
  const more = { params: { a: 1 }, headers: { 'x-a': 'b' }, json: { page: 'é' } };
  expect(await send(more)).toMatchObject({ status: 200, body: [{ name: 'Zoë' }] });
  expect(server.received.at(-1)).toMatchObject({
    method: 'GET',
    url: '/items?a=1',
    body: '{"page":"é"}',
    headers: { 'x-a': 'b', 'content-type': 'application/json' },
  });
  expect(await send({ url: '/none' })).toMatchObject({ status: 204, text: '' });
  expect(await send({ method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
});

test('it ends when it is told to, and with the failure of the network', async () => {
  const stopped = AbortSignal.abort(new Error('enough'));
  await expect(getWithBody(server.url, { body: 'x', signal: stopped })).rejects.toThrow('enough');
  await expect(getWithBody('http://127.0.0.1:1/', { body: 'x' })).rejects.toThrow('ECONNREFUSED');
});

test('it is redirected as any other request, and takes its body to no other host', async () => {
  expect(await send({ url: '/307' })).toMatchObject({ status: 200 });
  expect(server.received.at(-1)).toMatchObject({ url: '/items', body: 'x' });
  expect(await send({ url: '/303' })).toMatchObject({ status: 200 });
  expect(server.received.at(-1)).toMatchObject({ url: '/items', body: '' });
  expect(await send({ url: '/away' })).toMatchObject({
    kind: 'redirected',
    reason: expect.stringContaining('with its body'),
  });
});

test.each([
  ['gzip', gzipSync('[{"id":1}]')],
  ['br', brotliCompressSync('[{"id":1}]')],
  ['gzip, br', brotliCompressSync(gzipSync('[{"id":1}]'))],
  ['identity', Buffer.from('[{"id":1}]')],
])('an answer that is compressed by %s is read', async (encoding, bytes) => {
  const baseUrl = await listen((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding });
    response.end(bytes);
  });
  expect(await send({}, { baseUrl })).toMatchObject({ status: 200, body: [{ id: 1 }] });
  expect(await send({}, { baseUrl, maxBodyBytes: 9 })).toMatchObject({ kind: 'body_too_large' });
});

test('an answer that is not compressed as it says, breaks off or takes too long fails as with any other request', async () => {
  const baseUrl = await listen(({ url }, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(url === '/gzip' ? { 'content-encoding': 'gzip' } : {}),
    });
    if (url === '/gzip') return response.end('plain');
    return response.write('[1,', () => {
      if (url === '/broken') response.destroy();
    });
  });
  for (const [url, failure] of [
    ['/gzip', { kind: 'unreadable_body', reason: expect.stringContaining('not compressed as it says') }],
    ['/broken', { kind: 'unreachable', tries: Number.POSITIVE_INFINITY }],
    ['/slow', { kind: 'unreachable', reason: 'no whole answer came in time' }],
  ] as const) {
    const timeout = url === '/slow' ? 200 : 60_000;
    expect(await send({ url }, { baseUrl, timeout }), url).toMatchObject(failure);
    const { kind, reason } = (await send({ url, method: 'POST' }, { baseUrl, timeout })) as never;
    expect({ kind, reason: url === '/broken' ? '' : reason }, url).toMatchObject(
      url === '/broken' ? { kind: failure.kind } : { kind: failure.kind, reason: failure.reason },
    );
  }
});

test('it is recorded and replayed, without secrets', async () => {
  const path = join(folder, 'cassette.json');
  const options = { secrets: ['t0p-secret'] };
  const recorder = openCassette(path, { ...options, mode: 'record' });
  const sent = (page: number, fetch: typeof hostFetch) =>
    send({ json: { page, token: 'other', note: 't0p-secret' } }, {}, fetch);
  expect(await sent(1, recorder.fetch)).toMatchObject({ body: [{ name: 'Zoë' }] });
  expect(server.received.at(-1)?.body).toContain('t0p-secret');
  recorder.save();
  const kept = readFileSync(path, 'utf8');
  expect(kept).toContain('"page": 1');
  expect(kept).not.toMatch(/t0p-secret|other/);
  const count = server.received.length;
  const { fetch } = openCassette(path, { ...options, mode: 'replay' });
  expect(await sent(1, fetch)).toMatchObject({ status: 200, body: [{ name: 'Zoë' }] });
  await expect(sent(2, fetch)).rejects.toThrow('another body');
  expect(server.received.length).toBe(count);
});

test('it is sent to another place as any other request', async () => {
  const origin = 'https://api.example.com';
  const redirected = redirectFetch(origin, server.url);
  expect(await send({ url: '/items?a=1' }, { baseUrl: origin }, redirected)).toMatchObject({ status: 200 });
  expect(server.received.at(-1)).toMatchObject({ method: 'GET', url: '/items?a=1', body: 'x' });
});

test('it goes through the proxy of the environment', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = await listen((request, response) => {
    asked.push(request.url);
    request.resume().on('end', () => response.end('[{"id":1}]'));
  });
  servers.at(-1)?.on('connect', ({ url }, socket) => {
    asked.push(url);
    const { port } = new URL(server.url);
    const behind = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      behind.pipe(socket).pipe(behind);
    });
  });
  const restore = applyEnvProxy({ HTTP_PROXY: proxy });
  try {
    expect(await send({}, { baseUrl: 'http://api.invalid' })).toMatchObject({ status: 200 });
    expect(await send({})).toMatchObject({ body: [{ name: 'Zoë' }] });
  } finally {
    restore?.();
  }
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('api.invalid');
});

test('a "fetch" that sends no body with GET is named as what it is, at once', async () => {
  expect(await send({}, {}, fetch)).toMatchObject({ kind: 'invalid_option', tries: 1 });
});

test('a tap sends it without being given a "fetch"', async () => {
  const source = { http: { baseUrl: server.url }, log: silentLog, signal: new AbortController().signal };
  const client = apiClient(source as unknown as TemplateSource, 'items');
  const { status } = await client.send({ path: '/items', text: 'x' }, source.signal);
  expect(status).toBe(200);
  expect(server.received.at(-1)).toMatchObject({ method: 'GET', body: 'x' });
});
