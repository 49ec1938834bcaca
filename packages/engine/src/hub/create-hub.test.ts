import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHub, type HubOptions } from './create-hub.ts';

const definition = {
  name: 'tap-csv',
  namespace: 'tap_csv',
  variant: 'meltanolabs',
  pip_url: 'git+https://example.com/tap-csv',
  settings: [],
};
const native: JsonObject = {
  plugin_type: 'extractors',
  name: 'tap-csv',
  namespace: 'tap_csv',
  variant: 'native',
  npm_package: '@meltano/connector-files',
};

let server: Server;
let root = '';
let folder = '';
let requests: IncomingMessage[] = [];
let failures = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-hub-'));
  requests = [];
  failures = 0;
  server = createServer((request, response) => {
    requests.push(request);
    if (failures > 0) {
      failures -= 1;
      response.writeHead(503).end();
      return;
    }
    const files: Record<string, unknown> = {
      '/plugins/extractors/index': index(root),
      '/plugins/extractors/tap-csv--meltanolabs': definition,
      '/plugins/orchestrators/index': {},
    };
    const body = files[request.url ?? ''];
    if (body === undefined) response.writeHead(404).end();
    else if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await stopServer();
  await rm(folder, { recursive: true, force: true });
});

async function stopServer(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function index(base: string) {
  return {
    'tap-csv': {
      default_variant: 'meltanolabs',
      variants: {
        meltanolabs: { ref: `${base}/plugins/extractors/tap-csv--meltanolabs` },
        meltano: { ref: `${base}/plugins/extractors/tap-csv--meltano` },
      },
      logo_url: null,
    },
  };
}

function hubWith(changes: Partial<HubOptions> = {}) {
  const clock = { now: () => 0, sleep: async () => {} };
  return createHub({
    root,
    version: '4.4.1',
    cacheFolder: join(folder, 'cache'),
    bundled: [],
    log: silentLog,
    clock,
    ...changes,
  });
}

describe('createHub', () => {
  it('finds the default variant through the index, with the headers that Meltano sends', async () => {
    const hub = hubWith({ auth: 'Bearer abc', headers: { 'X-Project-ID': 'p1' } });
    const found = await hub.find('extractors', 'tap-csv');
    expect(found).toMatchObject({ name: 'tap-csv', variant: 'meltanolabs', pipUrl: definition.pip_url });
    expect(requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'user-agent': 'Meltano/4.4.1',
      authorization: 'Bearer abc',
      'x-project-id': 'p1',
    });
  });

  it('asks once in a process, and only whether something changed in the next', async () => {
    const hub = hubWith();
    await Promise.all([hub.find('extractors', 'tap-csv'), hub.find('extractors', 'tap-csv', 'default')]);
    expect(requests).toHaveLength(2);
    await hubWith().find('extractors', 'tap-csv');
    expect(requests.slice(2).map((request) => request.headers['if-none-match'])).toEqual(['"v1"', '"v1"']);
  });

  it('tries again when the Hub is busy', async () => {
    failures = 3;
    await expect(hubWith().find('extractors', 'tap-csv')).resolves.toMatchObject({ variant: 'meltanolabs' });
    expect(requests).toHaveLength(5);
    failures = 4;
    await expect(
      hubWith({ cacheFolder: join(folder, 'empty') }).find('extractors', 'tap-csv'),
    ).rejects.toMatchObject({
      code: 'hub.refused',
      message: "Service Unavailable (503): can not retrieve plugins of type 'extractor'",
    });
  });

  it('answers from the cache when the Hub is not reached, and says so', async () => {
    await hubWith().find('extractors', 'tap-csv');
    await stopServer();
    const warnings: string[] = [];
    const hub = hubWith({ log: { log: (level, event) => level === 'warning' && warnings.push(event) } });
    await expect(hub.find('extractors', 'tap-csv')).resolves.toMatchObject({ variant: 'meltanolabs' });
    expect(warnings).toHaveLength(1);
    await expect(hub.index('extractors')).resolves.toMatchObject({ source: 'cache' });
    await expect(hub.ping()).resolves.toBe(false);
  });

  it('without network and cache: says how to go on; what is bundled needs neither', async () => {
    await stopServer();
    const hub = hubWith({ bundled: [native] });
    await expect(hub.find('extractors', 'tap-other')).rejects.toMatchObject({
      code: 'hub.unreachable',
      hint: expect.stringContaining('meltano add --custom tap-other'),
    });
    await expect(hub.find('extractors', 'tap-csv')).resolves.toMatchObject({
      variant: 'native',
      npmPackage: '@meltano/connector-files',
    });
    const { entries, source } = await hub.index('extractors');
    expect([source, [...entries.keys()]]).toEqual(['bundled', ['tap-csv']]);
  });

  it('an asked-for variant decides; native is the default where it exists', async () => {
    const hub = hubWith({ bundled: [native] });
    await expect(hub.find('extractors', 'tap-csv', 'native')).resolves.toMatchObject({ variant: 'native' });
    await expect(hub.find('extractors', 'tap-csv', 'meltanolabs')).resolves.toMatchObject({
      variant: 'meltanolabs',
    });
    await expect(hub.find('loaders', 'target-x', 'native')).rejects.toMatchObject({
      code: 'hub.unknown_variant',
    });
    const entry = (await hub.index('extractors')).entries.get('tap-csv');
    expect([entry?.defaultVariant, [...(entry?.variants.keys() ?? [])]]).toEqual([
      'native',
      ['native', 'meltanolabs', 'meltano'],
    ]);
  });

  it('an entry that is there already means the default of the Hub', async () => {
    const hub = hubWith({ bundled: [native] });
    expect((await hub.find('extractors', 'tap-csv', undefined, { prefer: 'hub' })).variant).toBe(
      'meltanolabs',
    );
    await stopServer();
    await rm(folder, { recursive: true, force: true });
    const offline = hubWith({ bundled: [native] }).find('extractors', 'tap-csv', undefined, {
      prefer: 'hub',
    });
    await expect(offline).rejects.toMatchObject({
      code: 'hub.unreachable',
      hint: expect.stringContaining('variant: native'),
    });
  });

  it('names what is near to an unknown plugin or variant', async () => {
    const hub = hubWith();
    await expect(hub.find('extractors', 'tap-cvs')).rejects.toMatchObject({
      message:
        "Extractor 'tap-cvs' is not known to Meltano. Check https://hub.meltano.com/ for available plugins",
      hint: 'Did you mean tap-csv?',
    });
    await expect(hub.find('extractors', 'tap-csv', 'meltanlabs')).rejects.toMatchObject({
      message:
        "Extractor 'tap-csv' variant 'meltanlabs' is not known to Meltano. Variants: ['meltanolabs (default)', 'meltano']",
      hint: 'Did you mean --variant meltanolabs?',
    });
    await expect(hub.find('files', 'x')).rejects.toMatchObject({
      code: 'hub.unknown_type',
      message: expect.stringMatching(/^File bundle is not supported/),
    });
  });

  it('a folder with the same layout does as well', async () => {
    const plugins = join(folder, 'mirror', 'plugins', 'extractors');
    await mkdir(plugins, { recursive: true });
    await writeFile(join(plugins, 'index'), JSON.stringify(index('https://hub.example.com')));
    await writeFile(join(plugins, 'tap-csv--meltanolabs'), JSON.stringify(definition));
    await expect(
      hubWith({ root: join(folder, 'mirror') }).find('extractors', 'tap-csv'),
    ).resolves.toMatchObject({ variant: 'meltanolabs' });
    expect(requests).toHaveLength(0);
  });

  it('refuses an answer that is no JSON', async () => {
    const page = async () => new Response('<html>Sign in</html>');
    await expect(hubWith({ fetch: page }).find('extractors', 'tap-csv')).rejects.toMatchObject({
      code: 'hub.invalid_answer',
    });
  });

  it('gives up on a Hub that never answers', async () => {
    const never: typeof fetch = (_url, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    await expect(
      hubWith({ fetch: never, timeoutMs: 20 }).find('extractors', 'tap-csv'),
    ).rejects.toMatchObject({
      code: 'hub.unreachable',
      message: expect.stringContaining('no answer within 0.02 s'),
    });
  });
});
