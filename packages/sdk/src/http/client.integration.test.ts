import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { errorMessage } from '@meltano/foundation/errors';
import { type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../host/system-clock.ts';
import { createHttpClient, type SendOptions } from './client.ts';
import type { HttpRequest } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listening(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Setup {
  readonly options?: Partial<HttpOptions>;
  readonly request?: Partial<HttpRequest>;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
  readonly decode?: SendOptions['decode'];
}

/** Sends one request; waiting takes no time. */
async function send(
  baseUrl: string,
  { options, request, fetch: given, decode, signal = new AbortController().signal }: Setup = {},
) {
  let now = Date.UTC(2024, 0, 1);
  const waits: number[] = [];
  const lines: string[] = [];
  let sent = 0;
  const client = createHttpClient(
    { baseUrl, ...options },
    {
      fetch(input, init) {
        sent += 1;
        return (given ?? fetch)(input, init);
      },
      clock: {
        now: () => now,
        async sleep(ms) {
          waits.push(ms);
          now += ms;
        },
      },
      log: { log: (level, text) => void lines.push(`${level}: ${text}`) },
      random: () => 0.5,
    },
  );
  const whole = { method: 'GET', url: '/x', label: '/x', params: {}, headers: {}, ...request };
  const ended = await client.send(whole, { signal, decode }).then(
    (answer) => ({ answer, error: undefined }),
    (error: unknown) => ({ answer: undefined, error }),
  );
  return { ...ended, waits, lines, sent: () => sent, waited: waits.reduce((sum, ms) => sum + ms, 0) };
}

const serve = async (listener: RequestListener) => {
  const server = createServer(listener);
  closers.push(() => server.closeAllConnections());
  return listening(server);
};

describe('what cannot become better is not tried again and again', () => {
  test.each<[string, RequestListener, string, number]>([
    [
      'a redirect to itself',
      (request, response) => response.writeHead(302, { location: request.url }).end(),
      'http.redirected',
      1,
    ],
    [
      'a redirect to another protocol',
      (_, response) => response.writeHead(302, { location: 'ftp://127.0.0.1/x' }).end(),
      'http.redirected',
      1,
    ],
    [
      'a redirect to no address',
      (_, response) => response.writeHead(302, { location: 'http://[' }).end(),
      'http.redirected',
      1,
    ],
    [
      'redirects without end',
      (request, response) => response.writeHead(307, { location: `${request.url}1` }).end(),
      'http.redirected',
      21,
    ],
    ['a redirect that leads nowhere', (_, response) => response.writeHead(302).end(), 'http.refused', 1],
    [
      'a body that is not the gzip it says',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"a":1}'),
      'http.unreadable_body',
      3,
    ],
    [
      'a body that is not the brotli it says',
      (_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end('{"a":1} and more'),
      'http.unreadable_body',
      3,
    ],
  ])('%s', async (_, listener, code, tries) => {
    const { error, sent } = await send(`http://${await serve(listener)}`);
    expect(error).toMatchObject({ code, hint: expect.any(String) as string });
    expect(sent()).toBe(tries);
  });

  test('a host that speaks TLS wrongly, one that is no HTTP, one that is not known', async () => {
    const plain = await serve((_, response) => response.end('{}'));
    expect(await send(`https://${plain}`)).toMatchObject({ error: { code: 'http.untrusted' }, waits: [] });
    const tcp = await listening(createTcpServer((socket) => socket.end('hello\r\n\r\n')) as never);
    expect((await send(`http://${tcp}`)).error).toMatchObject({ code: 'http.unreadable_body' });
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND a'), { code: 'ENOTFOUND' });
    const fails: typeof fetch = () => Promise.reject(new TypeError('fetch failed', { cause: unknown }));
    const run = await send('http://a', { fetch: fails });
    expect(run.error).toMatchObject({
      code: 'http.unreachable',
      message: expect.stringContaining('3 tries'),
    });
  });

  test.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'a certificate: %s',
    async (code) => {
      const cause = Object.assign(new Error('certificate'), { code });
      const fails: typeof fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
      const { error, sent } = await send('https://a', { fetch: fails });
      expect(error).toMatchObject({ code: 'http.untrusted', category: 'environment' });
      expect(sent()).toBe(1);
    },
  );

  test.each(['ftp://127.0.0.1', 'http://', 'rows'])('the address %s', async (address) => {
    const { error, sent } = await send(address);
    expect(error).toMatchObject({ code: 'http.invalid_address' });
    expect(sent()).toBe(0);
  });

  test('a header with a line break, whose value is not told', async () => {
    const { error, sent } = await send('http://127.0.0.1', {
      request: { headers: { authorization: 'Bearer s3cret\nx' } },
    });
    expect(error).toMatchObject({
      code: 'http.unusable_header',
      message: expect.stringContaining('authorization'),
    });
    expect(`${errorMessage(error)}${String((error as Error).cause)}`).not.toContain('s3cret');
    expect(sent()).toBe(0);
  });

  test('an address with a password, which is not told', async () => {
    const { error } = await send('http://user:s3cret@127.0.0.1');
    expect(error).toMatchObject({ code: 'http.invalid_address' });
    expect(errorMessage(error)).not.toContain('s3cret');
  });
});

test('what may pass is tried as often as the policy says', async () => {
  const cut = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"a":', () => request.socket.destroy());
  });
  const { error, sent } = await send(`http://${cut}`, { options: { retry: { attempts: 4 } } });
  expect(error).toMatchObject({ code: 'http.unreachable' });
  expect(sent()).toBe(4);
});

test('an error of a cassette is passed on as it is', async () => {
  const { openCassette } = await import('./cassette.ts');
  const { error, sent } = await send('http://a', { fetch: openCassette('/nowhere/cassette.json').fetch });
  expect(error).toMatchObject({ code: 'http.unusable_cassette' });
  expect(sent()).toBe(1);
});

describe('the wait that a server asks for', () => {
  const asking = (after: string, status = 429): RequestListener => {
    let count = 0;
    return (_, response) => {
      count += 1;
      if (count > 1) response.end('{}');
      else response.writeHead(status, { 'retry-after': after }).end();
    };
  };

  test.each(['-5', '0', 'soon', '-2001', 'Mon, 01 Jan 2001 00:00:00 GMT', ''])(
    'is none for %j: the back-off counts',
    async (after) => {
      const { error, waits } = await send(`http://${await serve(asking(after))}`);
      expect(error).toBeUndefined();
      expect(waits).toEqual([750]);
    },
  );

  test('is told of again and again while it lasts', async () => {
    const { waited, lines } = await send(`http://${await serve(asking('100'))}`);
    expect(waited).toBe(100_000);
    expect(lines.filter((line) => line.startsWith('info: HTTP 429 from /x'))).toEqual([
      'info: HTTP 429 from /x: next try in 2 min',
      'info: HTTP 429 from /x: waiting for 2 min',
      'info: HTTP 429 from /x: waiting for 70.0 s',
      'info: HTTP 429 from /x: waiting for 40.0 s',
    ]);
  });

  test('fails the request when it is longer than it may be', async () => {
    const url = `http://${await serve(asking('86400'))}`;
    const { error, waits } = await send(url);
    expect(error).toMatchObject({
      code: 'http.refused',
      message: 'GET /x: HTTP 429, and the server asks to wait 24 h, longer than 60 min (retry.maxAsked)',
    });
    expect(waits).toEqual([]);
    const patient = await send(`http://${await serve(asking('86400'))}`, {
      options: { retry: { maxAsked: 100_000_000 } },
    });
    expect([patient.error, patient.waited]).toEqual([undefined, 86_400_000]);
  });

  test('may be a moment in milliseconds', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count > 1) return response.end('{}');
      const at = Date.UTC(2024, 0, 1) + 5_000;
      return response.writeHead(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${at}` }).end();
    });
    expect((await send(`http://${url}`)).waited).toBe(5_000);
  });
});

describe('a body', () => {
  test('beyond the limit fails, however it comes, and is not read to its end', async () => {
    const text = JSON.stringify('x'.repeat(100_000));
    const endless = await serve((_, response) => {
      const more = () => {
        while (response.write(text)) if (response.destroyed) return;
        response.once('drain', more);
      };
      more();
    });
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    const zipped = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const told = await serve((_, response) => response.end(text));
    for (const url of [endless, zipped, told]) {
      const { error, sent } = await send(`http://${url}`, { options: { maxBodyBytes: 50_000 } });
      expect(error).toMatchObject({ code: 'http.body_too_large' });
      expect(sent()).toBe(1);
    }
    const fits = await send(`http://${told}`, { options: { maxBodyBytes: text.length } });
    expect(fits.answer?.response.body).toHaveLength(100_000);
  });

  test.each([200, 202])('that is empty with %d is no answer, unless a rule says so', async (status) => {
    const url = `http://${await serve((_, response) => response.writeHead(status).end())}`;
    const { error, sent } = await send(url, { options: { retry: { attempts: 2 } } });
    expect(error).toMatchObject({
      code: 'http.not_json',
      message: `GET /x after 2 tries: HTTP ${status} with an empty body`,
      hint: expect.stringContaining('accept') as string,
    });
    expect(sent()).toBe(2);
    const accepted = await send(url, {
      options: { onError: [{ status: '2xx', body: /^$/, action: 'accept' }] },
    });
    expect(accepted.answer).toMatchObject({ kind: 'page', response: { body: undefined } });
  });

  test('that is a web page is asked for three times, and may be that of a wrong address', async () => {
    const url = `http://${await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Hello</html>');
    })}`;
    const { error, sent } = await send(url);
    expect(error).toMatchObject({
      code: 'http.not_json',
      message: 'GET /x after 3 tries: HTTP 200 with a web page (HTML) in place of JSON',
      hint: expect.stringContaining('check the address and the path') as string,
    });
    expect(sent()).toBe(3);
  });

  test.each([404, 410])('of HTTP %d has a hint about the path', async (status) => {
    const url = `http://${await serve((_, response) => response.writeHead(status).end('{}'))}`;
    const { error, sent } = await send(url);
    expect(error).toMatchObject({
      hint: expect.stringContaining('the path: there is nothing there') as string,
    });
    expect(sent()).toBe(1);
  });

  test.each([204, 205])('need not be with %d', async (status) => {
    const url = `http://${await serve((_, response) => response.writeHead(status).end())}`;
    expect((await send(url)).answer).toMatchObject({ kind: 'page' });
  });
});

test('nothing of a request stays with the run after its answer', async () => {
  const url = `http://${await serve((_, response) => response.end('{}'))}`;
  const { signal } = new AbortController();
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  await send(url, { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  // Those that keep connections alive are the host's own; one of a request would be among them 100,000 times.
  expect(timers() - before).toBeLessThanOrEqual(1);
});

test('an answer that takes too long is given up, and the run can be stopped meanwhile', async () => {
  const url = `http://${await serve(() => {})}`;
  const { error } = await send(url, { options: { timeout: 20, retry: { attempts: 1 } } });
  expect(error).toMatchObject({ code: 'http.unreachable', message: 'GET /x: no whole answer came in time' });
  const stop = new AbortController();
  const hangs = await serve(() => stop.abort());
  expect((await send(`http://${hangs}`, { signal: stop.signal })).error).toMatchObject({
    code: 'run.cancelled',
  });
});

describe('a redirect', () => {
  const place = async (answer: (url: string) => string | undefined) => {
    const received: { readonly method: string | undefined; readonly headers: Record<string, unknown> }[] = [];
    const url = `http://${await serve((request, response) => {
      received.push({ method: request.method, headers: request.headers });
      const location = answer(request.url ?? '');
      if (location === undefined) response.end('{"a":1}');
      else response.writeHead(request.url === '/see-other' ? 303 : 307, { location }).end();
    })}`;
    return { url, received };
  };
  const request = { headers: { 'x-api-key': 't0p', authorization: 'Bearer t0p', accept: 'text/plain' } };

  test('is followed with the credentials on the same host only', async () => {
    const other = await place(() => undefined);
    const own = await place((url) => (url === '/x' ? '/y' : `${other.url}/z`));
    const { answer } = await send(own.url, { request });
    expect(answer?.response.body).toEqual({ a: 1 });
    expect(own.received).toMatchObject([{ headers: request.headers }, { headers: request.headers }]);
    expect(JSON.stringify(other.received)).not.toContain('t0p');
    expect(other.received).toMatchObject([{ headers: { accept: 'text/plain' } }]);
  });

  test('takes no body to another host', async () => {
    const other = await place(() => undefined);
    const own = await place(() => `${other.url}/z`);
    const { error } = await send(own.url, { request: { method: 'POST', json: { password: 't0p' } } });
    expect(error).toMatchObject({ code: 'http.redirected' });
    expect(other.received).toEqual([]);
  });

  test('that says "see other" makes a GET without body', async () => {
    const own = await place((url) => (url === '/see-other' ? '/y' : undefined));
    await send(own.url, { request: { method: 'POST', url: '/see-other', json: {} } });
    expect(own.received.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect(own.received[1]?.headers).not.toHaveProperty('content-type');
  });

  test('is recorded, and found again, by a cassette', async () => {
    const { openCassette } = await import('./cassette.ts');
    const folder = mkdtempSync(join(tmpdir(), 'redirects-'));
    try {
      const own = await place((url) => (url === '/x' ? '/y' : undefined));
      const path = join(folder, 'cassette.json');
      const recording = openCassette(path, { mode: 'record' });
      await send(own.url, { fetch: recording.fetch });
      recording.save();
      const replayed = await send(own.url, { fetch: openCassette(path, { mode: 'replay' }).fetch });
      expect(replayed.answer?.response.body).toEqual({ a: 1 });
      expect(own.received).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the charset of an answer', () => {
  const answering = async (type: string, bytes: Buffer, status = 200) =>
    `http://${await serve((_, response) => response.writeHead(status, { 'content-type': type }).end(bytes))}`;
  const latin = Buffer.from('{"name":"Zoë"}', 'latin1');

  test('is that of its content type, or the one that the tap names', async () => {
    const told = await send(await answering('application/json; charset="ISO-8859-1"', latin));
    expect(told.answer?.response.body).toEqual({ name: 'Zoë' });
    const wide = await send(
      await answering('application/json;charset=utf-16le', Buffer.from('{"a":"ë"}', 'utf16le')),
    );
    expect(wide.answer?.response.body).toEqual({ a: 'ë' });
    const named = await send(await answering('application/json', latin), {
      options: { charset: 'windows-1252' },
    });
    expect(named.answer?.response.body).toEqual({ name: 'Zoë' });
  });

  test('is not guessed: what is no text fails, unless the tap takes it', async () => {
    const url = await answering('application/json', latin);
    const { error, sent } = await send(url);
    expect(error).toMatchObject({
      code: 'http.unreadable_body',
      message: expect.stringContaining('not the utf-8'),
    });
    expect(sent()).toBe(1);
    const cut = await send(await answering('application/json', Buffer.from('{"a":"ë').subarray(0, -1)));
    expect(cut.error).toMatchObject({ code: 'http.unreadable_body' });
    const taken = await send(url, { options: { invalidBytes: 'replace' } });
    expect(taken.answer?.response.body).toEqual({ name: 'Zo\uFFFD' });
    const unknown = await send(await answering('application/json; charset=klingon', Buffer.from('{}')));
    expect(unknown.error).toMatchObject({ message: expect.stringContaining('"klingon"') });
    const refusal = await send(await answering('text/plain', latin, 400));
    expect(refusal.error).toMatchObject({ code: 'http.refused' });
  });
});

test('a timeout is more than none, and at most what a timer can wait', async () => {
  const url = `http://${await serve((_, response) => response.end('{}'))}`;
  for (const timeout of [0, -1, Number.NaN])
    await expect(send(url, { options: { timeout } })).rejects.toMatchObject({ code: 'http.invalid_option' });
  for (const timeout of [99_999_999_999, Number.POSITIVE_INFINITY])
    expect((await send(url, { options: { timeout, retry: { attempts: 1 } } })).error).toBeUndefined();
});

test.each([
  ['http://api.example.com:8080/x', 'api.example.com:8080, not on api.example.com'],
  ['https://api.example.com:8443/x', 'api.example.com:8443, not on api.example.com'],
])('a link does not take credentials to another place: %s', async (url, places) => {
  const { error, sent } = await send('https://api.example.com', { request: { url, followed: true } });
  expect(error).toMatchObject({ code: 'http.foreign_address', message: expect.stringContaining(places) });
  expect(sent()).toBe(0);
});

test('a link of the same host is asked with encryption where the API is', async () => {
  const asked: unknown[] = [];
  const { answer } = await send('https://api.example.com/v1', {
    request: { url: 'http://api.example.com/v1/x?c=a,b', followed: true },
    async fetch(input) {
      asked.push(input);
      return new Response('{}');
    },
  });
  expect([answer?.kind, asked]).toEqual(['page', ['https://api.example.com/v1/x?c=a,b']]);
});

test('credentials that another request has had renewed are not renewed again', async () => {
  let renewals = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const client = createHttpClient(
    {
      baseUrl: 'https://api.example.com',
      auth: {
        apply: (request) => ({ ...request, headers: { authorization: `t${renewals}` } }),
        async refresh() {
          renewals += 1;
        },
      },
    },
    {
      async fetch(input, init) {
        if (new Headers(init?.headers).get('authorization') !== 't0') return new Response('{}');
        if (String(input).endsWith('/slow')) await held;
        return new Response('{}', { status: 401 });
      },
      clock: systemClock,
      log: silentLog,
      random: () => 0,
    },
  );
  const { signal } = new AbortController();
  const get = (url: string) => ({ method: 'GET', url, label: url, params: {}, headers: {} });
  const slow = client.send(get('/slow'), { signal });
  await client.send(get('/x'), { signal });
  release();
  expect([(await slow).kind, renewals]).toEqual(['page', 1]);
});

describe('an answer that is not JSON', () => {
  const reply = (text: string, type: string) => async () =>
    new Response(text, { headers: { 'content-type': type } });

  test('is made JSON by the stream, where it says how', async () => {
    const lines = { fetch: reply('{"id":1}\n{"id":2}\n', 'application/x-ndjson') };
    const { answer } = await send('https://api.example.com', {
      ...lines,
      decode: ({ text }) =>
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as JsonValue),
    });
    expect(answer?.response.body).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test.each(['text/csv; charset=utf-8', 'application/x-ndjson', 'application/jsonl'])(
    'is not asked for again and again where it is data: %s',
    async (type) => {
      const { error, sent } = await send('https://api.example.com', { fetch: reply('id,name', type) });
      expect(error).toMatchObject({ code: 'http.not_json', hint: expect.stringContaining('decode: ') });
      expect(sent()).toBe(1);
    },
  );

  test('may have NaN and Infinity for numbers that are none', async () => {
    const { answer } = await send('https://api.example.com', {
      fetch: reply('[{"a": NaN, "b": -Infinity, "c": "NaN", "d": 1.10}]', 'application/json'),
    });
    expect(stringifyJson(answer?.response.body ?? null)).toBe('[{"a":null,"b":null,"c":"NaN","d":1.10}]');
  });
});
