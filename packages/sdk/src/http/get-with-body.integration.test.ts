import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { getWithBody } from './get-with-body.ts';
import { sendOnce } from './transport.ts';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer(({ url }) =>
    url.startsWith('/none') ? { status: 204 } : { json: [{ name: 'Zoë' }] },
  );
});
afterAll(() => server.close());

const options = () => ({ baseUrl: server.url });

test('a GET carries a body', async () => {
  const request = {
    method: 'GET',
    url: '/items',
    label: '/items',
    params: { a: 1 },
    headers: { 'x-a': 'b' },
  };
  const signal = new AbortController().signal;
  const answer = await sendOnce({ ...request, json: { page: 'é' } }, options(), { fetch, signal });
  expect(answer).toMatchObject({ status: 200, body: [{ name: 'Zoë' }] });
  expect(server.received.at(-1)).toMatchObject({
    method: 'GET',
    url: '/items?a=1',
    body: '{"page":"é"}',
    headers: { 'x-a': 'b', 'content-type': 'application/json' },
  });
  const none = await sendOnce({ ...request, url: '/none', text: 'x' }, options(), { fetch, signal });
  expect(none).toMatchObject({ status: 204, text: '' });
});

test('it ends when it is told to, and with the failure of the network', async () => {
  const stopped = AbortSignal.abort();
  await expect(getWithBody(server.url, { body: 'x', signal: stopped })).rejects.toThrow('aborted');
  await expect(getWithBody('http://127.0.0.1:1/', { body: 'x' })).rejects.toThrow('ECONNREFUSED');
});
