import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { openCassette } from '@meltano/sdk/http/cassette';
import type { ApiServer } from '@meltano/sdk/testing/api-server';
import { registerChecks } from '@meltano/sdk/testing/check';
import { readProgram } from '@meltano/sdk/testing/read-program';
import { redirectFetch } from '@meltano/sdk/testing/redirect-fetch';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { createTestClock } from '@meltano/sdk/testing/test-clock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { origin, startStripeServer } from './stripe-server.test.support.ts';
import { tapStripe } from './tap-stripe.ts';

const clock = () => createTestClock('2024-02-15T00:00:00Z');
const config = { client_secret: 'sk_test_good', start_date: '2024-01-01' };

let server: ApiServer;
beforeAll(async () => {
  server = await startStripeServer();
});
afterAll(() => server.close());

const live: typeof fetch = (...args) => redirectFetch(origin, server.url)(...args);

const read = (more: JsonObject = {}, state?: object) =>
  readProgram(tapStripe, { config: { ...config, ...more }, state, world: { clock, fetch: live } });

const requests = (path: string) => server.received.filter(({ url }) => url.startsWith(path));

describe('against a recording', () => {
  // The times of the windows' ends differ by what was waited before.
  const options = { secrets: ['sk_test_good'], ignoreParams: ['created[lt]'], live };
  const cassette = openCassette(join(import.meta.dirname, '../cassettes/tap-stripe.json'), options);
  afterAll(() => cassette.save());
  const checks = tapSuite({
    tap: tapStripe,
    config,
    invalidConfig: {},
    world: { clock, fetch: cassette.fetch },
  });
  registerChecks(checks, test);
});

test('reads all objects, newest first within windows, through locks and rate limits', async () => {
  const { rows, code, stderr } = await read();
  expect(code, stderr).toBe(0);
  expect(rows('customers').map((row) => row['id'])).toEqual(['cus_4', 'cus_3', 'cus_2', 'cus_1', 'cus_5']);
  expect(rows('customers')[0]).toMatchObject({ metadata: { order: '3' }, address: { city: 'Oslo' } });
  expect(rows('customers')[0]).not.toHaveProperty('sources');
  expect(rows('charges')).toHaveLength(3);
  expect(rows('prices')[0]).toMatchObject({ unit_amount_decimal: '12.5', recurring: { interval: 'month' } });
  expect(rows('subscriptions').map((row) => row['status'])).toEqual(['canceled', 'active']);
  const lines = rows('invoice_line_items').map((row) => row['invoice_id']);
  expect(lines.filter((id) => id === 'in_1')).toHaveLength(3);
  expect(lines).toHaveLength(6);
});

test('keeps its place in seconds since the epoch, and looks back as far as it is told', async () => {
  const first = await read();
  const end = Date.UTC(2024, 1, 15) / 1_000;
  expect(first.state?.bookmarks['customers']).toEqual({
    replication_key: 'created',
    replication_key_value: end,
  });
  expect((await read({}, first.state)).rows('customers')).toEqual([]);
  const again = await read({ lookback_window_days: 14 }, first.state);
  expect(again.rows('customers').map((row) => row['id'])).toEqual(['cus_5']);
  expect(requests('/v1/customers').at(-1)?.query.get('created[gte]')).toBe(String(end - 14 * 86_400));
});

test('reads a connected account', async () => {
  const { rows, code } = await read({ account_id: 'acct_2' });
  expect([code, rows('customers')]).toEqual([0, []]);
});

test('takes the key under the name of another variant, and says what to do when it is not accepted', async () => {
  const { code, stderr } = await read({ client_secret: null, api_key: 'sk_test_wrong' });
  expect(code).toBe(1);
  expect(stderr).toContain('HTTP 401');
  expect(stderr).not.toContain('sk_test_wrong');
});
