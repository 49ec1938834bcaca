import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { openCassette } from '@meltano/sdk/http/cassette';
import { registerChecks } from '@meltano/sdk/testing/check';
import { readProgram } from '@meltano/sdk/testing/read-program';
import { redirectFetch } from '@meltano/sdk/testing/redirect-fetch';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { createTestClock } from '@meltano/sdk/testing/test-clock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GithubServer, startGithubServer } from './github-server.test.support.ts';
import { tapGithub } from './tap-github.ts';

const clock = () => createTestClock('2024-02-01T00:00:00Z');
const config = { auth_token: 'ghp_good', organizations: ['acme'], repositories: ['acme/gone'] };

let server: GithubServer;
beforeAll(async () => {
  server = await startGithubServer();
});
afterAll(() => server.close());

const live: typeof fetch = (...args) => redirectFetch(server.origin, server.url)(...args);

/** Runs the tap's program against the local server. */
const read = (more: JsonObject = {}, state?: object) =>
  readProgram(tapGithub, { config: { ...config, ...more }, state, world: { clock, fetch: live } });

describe('against a recording', () => {
  const cassette = openCassette(join(import.meta.dirname, '../cassettes/tap-github.json'), {
    secrets: ['ghp_good'],
    live,
  });
  afterAll(() => cassette.save());
  const checks = tapSuite({
    tap: tapGithub,
    config,
    invalidConfig: { repositories: 7 },
    world: { clock, fetch: cassette.fetch },
  });
  registerChecks(checks, test);
});

test('reads every list of every repository, over all its pages and through a rate limit', async () => {
  const { rows, code } = await read();
  expect(code).toBe(0);
  expect(rows('repositories').map((row) => row['full_name'])).toEqual(['acme/web', 'acme/empty']);
  expect(rows('issues').map((row) => row['id'])).toEqual([
    1_000, 1_001, 1_002, 1_003, 1_004, 1_005, 1_006, 1_007,
  ]);
  expect(rows('issues')[3]).toMatchObject({
    org: 'acme',
    repo: 'web',
    repo_id: 11,
    pull_request: { html_url: 'https://github.com/x' },
    labels: [{ id: 5, name: 'bug', color: 'f00', description: null }],
  });
  expect(rows('commits').map((row) => [row['sha'], row['committed_at']])).toContainEqual([
    'web4',
    '2024-01-04T00:00:00Z',
  ]);
  expect(rows('reviews')).toMatchObject([{ id: 4_001, pull_number: 1, repo: 'web', state: 'APPROVED' }]);
  expect(rows('stargazers').map((row) => [row['user_id'], row['starred_at']])).toContainEqual([
    7,
    '2024-01-07T00:00:00Z',
  ]);
});

test('leaves out what is gone, empty or switched off, and says so', async () => {
  const { code, stderr } = await read();
  expect(code).toBe(0);
  expect(stderr).toContain('GET /{+source}: HTTP 404, it is left out');
  expect(stderr).toContain('GET /repos/{org}/{repo}/commits: HTTP 409, it is left out');
  expect(stderr).toContain('GET /repos/{org}/{repo}/issues: HTTP 410, it is left out');
});

test('leaves out contributors that are too many to be listed', async () => {
  const { code, rows, stderr } = await read({ organizations: [], repositories: ['acme/huge'] });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('GET /repos/{org}/{repo}/contributors: HTTP 403, it is left out');
  expect([rows('contributors'), rows('labels').length]).toEqual([[], 1]);
});

test('goes on for each repository from where it was', async () => {
  const first = await read();
  expect(first.state?.bookmarks['issues']).toMatchObject({
    partitions: [
      {
        context: { org: 'acme', repo: 'web', repo_id: 11 },
        replication_key: 'updated_at',
        replication_key_value: '2024-01-08T00:00:00Z',
      },
    ],
  });
  const second = await read({}, first.state);
  expect(second.rows('issues').map((row) => row['id'])).toEqual([1_007]);
  expect(server.received.at(-1)).toBeDefined();
});

test('reads a repository that is named twice once, and refuses what is no name of one', async () => {
  const twice = await read({ organizations: [], repositories: ['acme/web', 'acme/web'] });
  expect(twice.rows('repositories')).toHaveLength(1);
  const address = await read({ repositories: ['https://github.com/acme/web'] });
  expect([address.code, address.stderr]).toEqual([
    1,
    expect.stringContaining('"repositories[0]" must match pattern'),
  ]);
});

test('begins at the start date', async () => {
  const { rows } = await read({ start_date: '2024-01-07' });
  expect(rows('issues').map((row) => row['id'])).toEqual([1_006, 1_007]);
});

test('says what to do about a token that is not accepted, and does not show it', async () => {
  const { code, stderr } = await read({ auth_token: 'ghp_wrong' });
  expect(code).toBe(1);
  expect(stderr).toContain('HTTP 401: {"message":"Bad credentials"}');
  expect(stderr).toContain('check the credentials in the settings of the tap');
  expect(stderr).not.toContain('ghp_wrong');
});
