import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import type { TemplateSource } from '../tap/define-tap.ts';
import { defineStream, type StreamTemplate } from '../tap/stream.ts';
import { apiClient } from './api-client.ts';
import { bearer } from './auth/static.ts';
import { row, useRestReader } from './rest-reader.test.support.ts';

const read = useRestReader();

/** Orders a report, looks until it is ready, and fetches it from where the API says. */
const report: StreamTemplate<TemplateSource> = (name, source) => {
  const api = apiClient(source, name);
  return defineStream<JsonObject>({
    name,
    schema: row,
    async *records({ clock, signal }) {
      const { body } = await api.send({ method: 'POST', path: '/reports', json: { of: 'orders' } }, signal);
      const { id } = body as { readonly id: number };
      for (;;) {
        const { body: job } = await api.send({ path: `/reports/${id}` }, signal);
        const { ready, at } = job as { readonly ready: boolean; readonly at: string };
        if (!ready) {
          await clock.sleep(5_000, signal);
          continue;
        }
        const { text } = await api.send({ path: at, decode: () => null }, signal);
        yield text.split('\n').map((line) => ({ id: Number(line) }));
        return;
      }
    },
  });
};

test('a stream of its own goes the way of the others: credentials, retries, rate limits', async () => {
  let looks = 0;
  const { items, error, received, clock } = await read(
    { partitions: [] },
    ({ url, method, headers }) => {
      if (headers.authorization !== 'Bearer t') return { status: 401 };
      if (method === 'POST') return { json: { id: 7 } };
      if (url === '/reports/7/file') return { text: '1\n2' };
      looks += 1;
      return looks === 1
        ? { status: 503 }
        : { json: { ready: looks === 3, at: `${read.url()}/reports/7/file` } };
    },
    { http: { auth: bearer('t') }, more: { report } },
  );
  expect(error).toBeUndefined();
  expect(items.find((item) => item.kind === 'records')).toMatchObject({ records: [{ id: 1 }, { id: 2 }] });
  expect(received.map(({ url }) => url)).toEqual([
    '/reports',
    '/reports/7',
    '/reports/7',
    '/reports/7',
    '/reports/7/file',
  ]);
  expect(received[0]?.body).toBe('{"of":"orders"}');
  expect(clock.waits).toHaveLength(2);
});

test('its credentials stay with the host of the API', async () => {
  const { error, received } = await read(
    { partitions: [] },
    ({ method }) => ({
      json: method === 'POST' ? { id: 7 } : { ready: true, at: 'https://elsewhere.invalid/x' },
    }),
    { http: { auth: bearer('t') }, more: { report } },
  );
  expect([error, received.length]).toEqual([expect.objectContaining({ code: 'http.foreign_address' }), 2]);
});
