import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@meltano/foundation/json';
import { afterEach, describe, expect, test } from 'vitest';
import type { AuthContext, RenewableAuthenticator } from '../http/auth/authenticator.ts';
import { oauthClientCredentials } from '../http/auth/oauth.ts';
import type { HttpRequest } from '../http/http-message.ts';
import { type ApiServer, type Received, type Reply, startApiServer } from '../testing/api-server.ts';
import { createTestClock } from '../testing/test-clock.ts';
import { sessionAuth } from './session-auth.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: (request: Received, count: number) => Reply): Promise<ApiServer> {
  const server = await startApiServer(answer);
  closers.push(() => server.close());
  return server;
}

const login = (url: string, more: JsonObject = {}) =>
  sessionAuth(
    { type: 'session', from: '$.token', request: { url, json: { user: 'me', password: 't0p' }, ...more } },
    'api.auth',
    { world: { clock: createTestClock('2024-01-01T00:00:00Z'), random: () => 0.5 }, config: {}, hide() {} },
    () => undefined,
  );
const oauth = (tokenUrl: string) => oauthClientCredentials({ tokenUrl, clientId: 'me', clientSecret: 't0p' });

const request: HttpRequest = { method: 'GET', url: '/x', label: '/x', params: {}, headers: {} };

async function signed(auth: RenewableAuthenticator, more: Partial<AuthContext> = {}) {
  const lines: string[] = [];
  const hidden: string[] = [];
  const context: AuthContext = {
    fetch,
    clock: { now: () => 0, sleep: async () => {} },
    log: { log: (_, text) => void lines.push(text) },
    signal: new AbortController().signal,
    tokens: undefined,
    hide: (...texts) => void hidden.push(...texts),
    ...more,
  };
  try {
    return { headers: (await auth.apply(request, context)).headers, error: undefined, lines, hidden };
  } catch (error) {
    return { headers: undefined, error: error as Error & { code: string; hint: string }, lines, hidden };
  }
}

describe.each([
  ['a login', login, 'The login of api.auth at', { token: 'abc' }],
  ['a token request', oauth, 'The token request at', { access_token: 'abc' }],
] as const)('%s', (_, make, what, token) => {
  test.each([307, 308])('takes its credentials to no other host (%d)', async (status) => {
    const other = await serve(() => ({ json: token }));
    const own = await serve(() => ({ status, headers: { location: `${other.url}/login` } }));
    const { error } = await signed(make(`${own.url}/login`));
    expect(error).toMatchObject({
      code: 'http.redirected',
      message: `${what} ${own.url}: the request is redirected to another host, ${new URL(other.url).host}, with its body`,
    });
    expect(other.received).toEqual([]);
  });

  test('may be redirected on its own host', async () => {
    const own = await serve(({ url }) =>
      url === '/login' ? { status: 307, headers: { location: '/new' } } : { json: token },
    );
    expect((await signed(make(`${own.url}/login`))).headers).toEqual({ authorization: 'Bearer abc' });
    expect(own.received[1]?.body).toContain('t0p');
  });

  test.each<Reply>([{ status: 503 }, { status: 429 }, { destroy: true }])(
    'is tried again after %j',
    async (reply) => {
      const own = await serve((_request, count) => (count < 3 ? reply : { json: token }));
      expect((await signed(make(`${own.url}/login`))).headers).toEqual({ authorization: 'Bearer abc' });
      expect(own.received).toHaveLength(3);
    },
  );

  test('that stays in vain is named with its host, and shows nothing of the answer', async () => {
    const own = await serve(() => ({ status: 503, text: 't0p' }));
    const { error, lines } = await signed(make(`${own.url}/login?x=t0p`), { retry: { attempts: 2 } });
    expect(error).toMatchObject({
      code: 'http.refused',
      message: `${what} ${own.url} after 2 tries: HTTP 503`,
      hint: expect.stringContaining('again later') as string,
    });
    expect(JSON.stringify([error, lines])).not.toContain('t0p');
  });

  test('that takes too long is named with its host', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { error } = await signed(make(url), { timeout: 20, retry: { attempts: 1 } });
    expect(error).toMatchObject({ message: `${what} ${url}: no whole answer came in time` });
  });

  test('that is refused asks to check the credentials', async () => {
    const own = await serve(() => ({ status: 401, json: {} }));
    const { error } = await signed(make(`${own.url}/login`));
    expect(error?.hint).toContain('credentials');
    expect(own.received).toHaveLength(1);
  });
});

test('a login at a wrong address says so', async () => {
  for (const reply of [{ status: 404 }, { text: '<html>welcome</html>' }]) {
    const own = await serve(() => reply);
    expect((await signed(login(own.url))).error).toMatchObject({
      code: 'manifest.no_token',
      hint: expect.stringContaining('address') as string,
    });
  }
});

test('what a token request sends is hidden', async () => {
  const own = await serve(() => ({ json: { access_token: 'abc' } }));
  const auth = oauthClientCredentials({
    tokenUrl: own.url,
    clientId: 'me',
    clientSecret: 't0p',
    extra: { api_key: 'extra', audience: 'shown' },
  });
  const { hidden } = await signed(auth);
  expect(hidden).toEqual(expect.arrayContaining(['t0p', 'extra']));
  expect(hidden).not.toContain('shown');
});
