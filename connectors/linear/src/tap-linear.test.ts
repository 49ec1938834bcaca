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
import { fieldsOf } from './fields.ts';
import { origin, startLinearServer } from './linear-server.test.support.ts';
import { cycle } from './schemas.ts';
import { tapLinear } from './tap-linear.ts';

const clock = () => createTestClock('2024-02-15T00:00:00Z');
const config = { auth_token: 'lin_api_good' };

let server: ApiServer;
beforeAll(async () => {
  server = await startLinearServer();
});
afterAll(() => server.close());

const live: typeof fetch = (...args) => redirectFetch(origin, server.url)(...args);

const read = (more: JsonObject = {}, state?: object) =>
  readProgram(tapLinear, { config: { ...config, ...more }, state, world: { clock, fetch: live } });

describe('against a recording', () => {
  const cassette = openCassette(join(import.meta.dirname, '../cassettes/tap-linear.json'), {
    secrets: ['lin_api_good'],
    live,
  });
  afterAll(() => cassette.save());
  const checks = tapSuite({
    tap: tapLinear,
    config,
    invalidConfig: {},
    world: { clock, fetch: cassette.fetch },
  });
  registerChecks(checks, test);
});

test('asks for just what the schema has', () => {
  expect(fieldsOf(cycle)).toBe(
    'id updatedAt createdAt archivedAt number name startsAt endsAt completedAt progress team { id }',
  );
});

test('reads every connection over all its pages, archived objects included, through a rate limit', async () => {
  const { rows, code, stderr } = await read();
  expect(code, stderr).toBe(0);
  expect(rows('issues').map((row) => row['identifier'])).toEqual([
    'ENG-7',
    'ENG-6',
    'ENG-5',
    'ENG-4',
    'ENG-3',
    'ENG-2',
    'ENG-1',
  ]);
  expect(rows('issues')[5]).toMatchObject({
    archivedAt: '2024-01-03T00:00:00.000Z',
    assignee: { id: 'user-1' },
    estimate: 1,
  });
  expect(rows('workflow_states')).toMatchObject([{ name: 'Todo', team: { id: 'team-1' } }]);
});

test('goes on from the last change', async () => {
  const first = await read();
  expect(first.state?.bookmarks['issues']).toEqual({
    replication_key: 'updatedAt',
    replication_key_value: '2024-01-07T00:00:00.000Z',
  });
  const second = await read({}, first.state);
  expect(second.rows('issues').map((row) => row['id'])).toEqual(['issue-7']);
});

test('says why it is refused, without the key', async () => {
  const { code, stderr } = await read({ auth_token: 'lin_api_wrong' });
  expect(code).toBe(1);
  expect(stderr).toContain('Authentication required');
  expect(stderr).not.toContain('lin_api_wrong');
});
