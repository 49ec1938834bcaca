import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonValue, jsonEquals, parseJson } from '@meltano/foundation/json';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cleanEnv, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';
import { findPython, installOracle } from './support/python.ts';

const python = await findPython();
if (python === undefined) process.stderr.write('SKIPPED pypi-pipelines: this machine has no python3\n');

const pairs = {
  jsonl: 'dev:tap-postgres-to-target-jsonl',
  postgres: 'dev:tap-postgres-to-target-postgres',
  pipelinewise: 'dev:tap-postgres-to-target-postgres-ppw',
};

/** A project as people write them by hand: custom definitions, so that no network but PyPI is needed. */
const projectFile = `# a comment that must survive
default_environment: dev
project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
environments:
- name: dev
send_anonymous_usage_stats: false
plugins:
  extractors:
  - name: tap-postgres
    namespace: tap_postgres
    pip_url: meltanolabs-tap-postgres psycopg2-binary
    executable: tap-postgres
    capabilities: [about, activate-version, batch, catalog, discover, schema-flattening, state, stream-maps, structured-logging]
    settings:
    - {name: host}
    - {name: port, kind: integer}
    - {name: user}
    - {name: password, kind: password}
    - {name: database}
    - {name: filter_schemas, kind: array}
    config:
      filter_schemas: [shop]
    select:
    - shop-*.*
    - '!shop-orders.secret_note'
    metadata:
      shop-orders:
        replication-method: INCREMENTAL
        replication-key: updated_at
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    pip_url: target-jsonl
    settings:
    - {name: destination_path}
    - {name: do_timestamp_file, kind: boolean}
    config:
      destination_path: output
      do_timestamp_file: false
  - name: target-postgres
    namespace: target_postgres
    pip_url: meltanolabs-target-postgres psycopg2-binary
    executable: target-postgres
    capabilities: [about, structured-logging]
    settings:
    - {name: host}
    - {name: port, kind: integer}
    - {name: user}
    - {name: password, kind: password}
    - {name: database}
    - {name: default_target_schema, value: $MELTANO_EXTRACT__LOAD_SCHEMA}
  - name: target-postgres-ppw
    namespace: target_postgres_ppw
    pip_url: pipelinewise-target-postgres setuptools<80
    executable: target-postgres
    settings:
    - {name: host}
    - {name: port, kind: integer}
    - {name: user}
    - {name: password, kind: password}
    - {name: dbname}
    - {name: default_target_schema, value: ppw}
`;

describe.skipIf(python === undefined)('a project made for Meltano, with plugins from PyPI', () => {
  let project: TestProject;
  let client: pg.Client;
  const database = `meltano_pypi_${process.pid}`;

  beforeAll(async () => {
    const admin = new pg.Client({ connectionString: inject('postgres') });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${database}`);
    await admin.end();
    const url = new URL(inject('postgres'));
    url.pathname = `/${database}`;
    client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`
      CREATE SCHEMA shop;
      CREATE TABLE shop.customers (id bigint PRIMARY KEY, name text, born date, vip boolean);
      CREATE TABLE shop.orders (id bigint PRIMARY KEY, amount numeric(18,2), details jsonb, secret_note text,
        updated_at timestamptz NOT NULL);
      INSERT INTO shop.customers SELECT n, CASE WHEN n % 7 = 0 THEN NULL ELSE 'Näme "' || n || '", ' END,
        date '1970-01-01' + n::int, n % 2 = 0 FROM generate_series(1, 500) n;
      INSERT INTO shop.orders SELECT n, n * 1.01, jsonb_build_object('n', n), 'hidden',
        timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second' FROM generate_series(1, 2000) n;`);
    const host = url.hostname;
    const port = url.port || '5432';
    const user = decodeURIComponent(url.username || 'postgres');
    const password = decodeURIComponent(url.password || 'trusted');
    const settings = ['TAP_POSTGRES', 'TARGET_POSTGRES', 'TARGET_POSTGRES_PPW'].flatMap((prefix) => [
      `${prefix}_HOST=${host}`,
      `${prefix}_PORT=${port}`,
      `${prefix}_USER=${user}`,
      `${prefix}_PASSWORD=${password}`,
      `${prefix}_${prefix.endsWith('PPW') ? 'DBNAME' : 'DATABASE'}=${database}`,
    ]);
    project = await testProject({
      'meltano.yml': projectFile,
      '.env': `${settings.join('\n')}\n`,
      'output/.gitkeep': '',
    });
    await meltanoOk(['install'], { cwd: project.folder });
  }, 600_000);

  afterAll(async () => {
    await client?.end();
    await project?.[Symbol.asyncDispose]();
    const admin = new pg.Client({ connectionString: inject('postgres') });
    await admin.connect();
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await admin.end();
  });

  const run = (...args: string[]) => meltanoOk(['run', ...args], { cwd: project.folder });
  const state = async (id: string): Promise<JsonValue> =>
    parseJson((await meltanoOk(['state', 'get', id], { cwd: project.folder })).stdout);
  const count = async (table: string): Promise<number> =>
    Number((await client.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n);

  it('loads everything, leaving out what is not selected', async () => {
    await run(
      'tap-postgres',
      'target-jsonl',
      'tap-postgres',
      'target-postgres',
      'tap-postgres',
      'target-postgres-ppw',
    );
    const lines = (await readFile(join(project.folder, 'output/shop-orders.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    expect(lines).toHaveLength(2000);
    expect(lines[0]).not.toContain('secret_note');
    const difference = await client.query(`
      SELECT id, amount, updated_at FROM shop.orders EXCEPT SELECT id, amount::numeric(18,2), updated_at FROM tap_postgres.orders`);
    expect(difference.rows).toEqual([]);
    expect(await count('tap_postgres.customers')).toBe(500);
    expect(await count('ppw.orders')).toBe(2000);
  });

  it('reads only what is new the next time', async () => {
    await client.query(`
      UPDATE shop.orders SET amount = 7, updated_at = '2026-02-01 00:00:00Z' WHERE id = 5;
      INSERT INTO shop.orders VALUES (9007199254740993, 1.5, NULL, 'hidden', '2026-02-01 00:00:01Z');`);
    await run('tap-postgres', 'target-postgres');
    const { stdout } = await meltanoOk(['runs', 'list', '--format', 'json'], { cwd: project.folder });
    const report = JSON.parse(stdout).runs[0];
    const orders = report.blocks[0].streams.find((each: { stream: string }) => each.stream === 'shop-orders');
    // The two new ones, and the last of before again: bookmarks are inclusive.
    expect(orders.read).toBe(3);
    const loaded = await client.query(
      `SELECT id::text, amount::float FROM tap_postgres.orders WHERE id IN (5, 9007199254740993) ORDER BY id`,
    );
    expect(loaded.rows).toEqual([
      { id: '5', amount: 7 },
      { id: '9007199254740993', amount: 1.5 },
    ]);
    const bookmark = JSON.stringify(await state(pairs.postgres));
    expect(bookmark).toContain('2026-02-01T00:00:01');
  });

  it('and Meltano itself goes on from there, and we from where it left off', async () => {
    const program = await installOracle(python ?? '');
    const oracle = (...args: string[]) =>
      meltanoOk(args, {
        cwd: project.folder,
        program,
        env: { ...cleanEnv(project.folder), PATH: process.env['PATH'] ?? '' },
      });

    for (const id of Object.values(pairs)) {
      const theirs = parseJson((await oracle('state', 'get', id)).stdout);
      expect(jsonEquals(theirs, await state(id)), id).toBe(true);
    }
    await client.query(`INSERT INTO shop.orders VALUES (3001, 1, NULL, 'x', '2026-03-01 00:00:00Z')`);
    await oracle('run', 'tap-postgres', 'target-postgres');
    expect(await count('tap_postgres.orders')).toBe(2002);
    expect(JSON.stringify(await state(pairs.postgres))).toContain('2026-03-01T00:00:00');

    await client.query(`INSERT INTO shop.orders VALUES (3002, 1, NULL, 'x', '2026-04-01 00:00:00Z')`);
    await run('tap-postgres', 'target-postgres');
    const report = JSON.parse(
      (await meltanoOk(['runs', 'list', '--format', 'json'], { cwd: project.folder })).stdout,
    ).runs[0];
    expect(
      report.blocks[0].streams.find((each: { stream: string }) => each.stream === 'shop-orders').read,
    ).toBe(2);
    expect(await count('tap_postgres.orders')).toBe(2003);
    const theirs = parseJson((await oracle('state', 'get', pairs.postgres)).stdout);
    expect(jsonEquals(theirs, await state(pairs.postgres))).toBe(true);
  }, 600_000);

  it('leaves the project file as it was', async () => {
    expect(await readFile(join(project.folder, 'meltano.yml'), 'utf8')).toBe(projectFile);
  });
});
