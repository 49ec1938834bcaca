import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { silentLog } from '@meltano/foundation/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { systemClock } from '../host/system-clock.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { applyEnvProxy } from './env-proxy.ts';
import { rest } from './rest.ts';

const asked: (string | undefined)[] = [];
const api = createServer((_, response) => response.end('[{"id":1}]'));
/** Takes every host for the one API that there is. */
const proxy = createServer().on('connect', ({ url }, socket) => {
  asked.push(url);
  const behind = connect((api.address() as AddressInfo).port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    behind.pipe(socket).pipe(behind);
  });
});
const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const server of [api, proxy])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const server of [api, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

/** The rows of a tap whose API cannot be reached but through the proxy. */
async function readRows(baseUrl: string): Promise<number> {
  const tap = defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    http: () => ({ baseUrl, retry: { attempts: 1 } }),
    streams: { rows: rest({ path: '/rows', schema: s.object({ id: s.integer() }) }) },
  });
  const { signal } = new AbortController();
  const open = await tap.open({ config: {}, log: silentLog, clock: systemClock, signal });
  let rows = 0;
  for await (const item of open.read('record')) if (item.kind === 'records') rows += item.records.length;
  await open.close();
  return rows;
}

test('a tap reaches its API through the proxy of the environment, and what is local without', async () => {
  const before = process.env['http_proxy'];
  process.env['http_proxy'] = addressOf(proxy);
  try {
    expect(await readRows('http://api.invalid')).toBe(1);
    expect(await readRows(addressOf(api))).toBe(1);
  } finally {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
  }
  expect(asked).toEqual(['api.invalid:80']);
});

test('without a proxy, or where Node.js is told what to do, nothing is changed', () => {
  expect(applyEnvProxy({})).toBeUndefined();
  expect(applyEnvProxy({ HTTP_PROXY: '' })).toBeUndefined();
  expect(applyEnvProxy({ HTTPS_PROXY: 'http://x:1', NODE_USE_ENV_PROXY: '0' })).toBeUndefined();
});

test('an address that is none is refused without being told', () => {
  expect(() => applyEnvProxy({ HTTPS_PROXY: 'socks5://me:s3cret@x' })).toThrow(
    expect.objectContaining({
      code: 'http.invalid_address',
      message: 'The environment variable HTTPS_PROXY holds no address of a proxy',
    }),
  );
});
