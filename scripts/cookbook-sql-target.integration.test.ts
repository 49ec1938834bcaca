import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '@meltano/engine/testing/until';
import { ExactNumber, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { SqlDialect, Target } from '@meltano/sdk';
import { tableNameOf } from '@meltano/sdk/sql/names';
import { registerChecks } from '@meltano/sdk/testing/check';
import { runConnectorProgram } from '@meltano/sdk/testing/program-run';
import { targetStreamChecks } from '@meltano/sdk/testing/target-streams/stream-checks';
import { targetSuite } from '@meltano/sdk/testing/target-suite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

// The recipe for a database in docs/sdk/cookbook.md, on a database that no built-in target has a dialect for.

const root = resolve(import.meta.dirname, '..');
const server = inject('postgres');
const database = `cookbook_${process.pid}`;
const url = server.replace(/\/[^/]*$/, `/${database}`);
let folder = '';
let number = 0;

beforeAll(async () => {
  await statement(server, `DROP DATABASE IF EXISTS ${database}`);
  await statement(server, `CREATE DATABASE ${database}`);
  await statement(server, `ALTER DATABASE ${database} SET timezone TO 'America/New_York'`);
});
afterAll(async () => {
  await statement(server, `DROP DATABASE ${database} WITH (FORCE)`);
  await rm(folder, { recursive: true });
});

const { target, dialect } = await recipe();

async function recipe(): Promise<{ readonly target: Target; readonly dialect: SqlDialect }> {
  const text = await readFile(join(root, 'docs/sdk/cookbook.md'), 'utf8');
  const [, code = ''] = /^### A database$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(text) ?? [];
  const index = await readFile(join(root, 'packages/sdk/src/index.ts'), 'utf8');
  const names = [...index.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.trim()),
  );
  const used = names.filter(
    (name) => name !== '' && new RegExp(`\\b${name.split(' ').at(-1)}\\b`).test(code),
  );
  folder = await mkdtemp(join(tmpdir(), 'cookbook-sql-target-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const program = join(folder, 'target.ts');
  const imports = `import { ${used.join(', ')} } from '@meltano/sdk';\n`;
  await writeFile(program, `${imports}${code}\nexport { dialect, targetAcmeDb as target };\n`);
  return import(program);
}

async function statement(address: string, sql: string): Promise<pg.QueryArrayResult<(string | null)[]>> {
  const client = new pg.Client({ connectionString: address, types: { getTypeParser: () => String } });
  await client.connect();
  try {
    await client.query("SET TIME ZONE 'UTC'");
    return await client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
  } finally {
    await client.end();
  }
}

async function config(): Promise<JsonObject> {
  number += 1;
  return { url, default_target_schema: `load_${number}`, batch_size_rows: 3 };
}

async function read(given: JsonObject, stream: string): Promise<readonly JsonObject[]> {
  const schema = given['default_target_schema'] as string;
  const table = tableNameOf(stream, dialect);
  const found = await statement(
    url,
    `SELECT 1 FROM pg_tables WHERE schemaname = '${schema}' AND tablename = '${table.replaceAll("'", "''")}'`,
  );
  if (found.rows.length === 0) return [];
  const { rows, fields } = await statement(
    url,
    `SELECT * FROM ${dialect.quote(schema)}.${dialect.quote(table)}`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      row.map((value, at) => [fields[at]?.name ?? '', valueOf(value, fields[at]?.dataTypeID ?? 0)]),
    ),
  );
}

const { BOOL, INT8, FLOAT8, NUMERIC, JSONB, TIMESTAMPTZ } = pg.types.builtins;

function valueOf(value: string | null, type: number): JsonValue {
  if (value === null) return null;
  if (type === BOOL) return value === 't';
  if (type === JSONB) return parseJson(value);
  if (type === TIMESTAMPTZ) return `${value.replace(' ', 'T').replace(/\+00$/, '')}Z`;
  const isNumber = type === INT8 || type === FLOAT8 || type === NUMERIC;
  return isNumber ? new ExactNumber(value) : value;
}

describe('the recipe of a database', () => {
  const options = {
    target,
    config,
    read,
    keepsHistory: true,
    keepsContract: true,
    replaces: true,
    retires: true,
  };
  registerChecks(targetSuite(options), test);
  registerChecks(targetStreamChecks(options), test, {
    'stream encoded text data': 'texts of PostgreSQL hold no zero character',
  });
});

describe('the limits of PostgreSQL', () => {
  const load = async (given: JsonObject, messages: readonly JsonObject[], method = 'upsert') => {
    const run = await runConnectorProgram(target, {
      files: { config: { ...given, load_method: method } },
      stdin: messages.map((message) => `${JSON.stringify(message)}\n`),
    });
    expect(run.stderr.split('\n').filter((line) => line.includes('ERROR'))).toEqual([]);
    return run;
  };
  const schema = (stream: string, properties: JsonObject): JsonObject => ({
    type: 'SCHEMA',
    stream,
    schema: { properties: { id: { type: 'integer' }, ...properties } },
    key_properties: ['id'],
  });
  const record = (stream: string, row: JsonObject): JsonObject => ({ type: 'RECORD', stream, record: row });
  const text = { type: ['string', 'null'] };

  test('names of more than 63 bytes, and those of its own columns, stay apart', async () => {
    const given = await config();
    const long = 'ü'.repeat(40);
    const names = [`${long}a`, `${long}b`, 'xmin', 'ctid'];
    const properties = Object.fromEntries(names.map((name) => [name, text]));
    const row = (round: number) => Object.fromEntries(names.map((name) => [name, `${name}${round}`]));
    for (const method of ['upsert', 'overwrite', 'scd2']) {
      const streams = ['a', 'b'].flatMap((end) => [
        `${long}-${method}-${end}`,
        `${'x'.repeat(80)}-${method}-${end}`,
      ]);
      for (const round of [1, 2]) {
        const messages = streams.flatMap((stream) => [
          schema(stream, properties),
          record(stream, { id: 1, ...row(round) }),
          record(stream, { id: 1, ...row(round), xmin: null }),
        ]);
        await load(given, messages, method);
      }
      for (const stream of streams) {
        const rows = await read(given, stream);
        const last = rows.filter((each) => each['_sdc_is_current'] !== false);
        const { xmin: _, ...others } = row(2);
        expect(last).toHaveLength(1);
        expect(Object.values(last[0] ?? {})).toEqual(expect.arrayContaining(Object.values(others)));
      }
    }
  });

  test('a text never has a zero character, also inside of JSON, which is told', async () => {
    const given = await config();
    const row = { id: 1, note: 'a\0b', info: { 'c\0': ['\0', 'd\ud800'] } };
    const { stderr } = await load(given, [
      schema('texts', { note: text, info: { type: 'object' } }),
      record('texts', row),
    ]);
    expect(await read(given, 'texts')).toMatchObject([
      { note: 'a\ufffdb', info: { 'c\ufffd': ['\ufffd', 'd\ufffd'] } },
    ]);
    expect(stderr).toContain('2 texts in "info" held a zero character');
    expect(stderr).toContain('1 texts in "info" held half a character');
  });

  test('what a killed run has left is removed, and nothing else', async () => {
    const given = await config();
    const schemaName = given['default_target_schema'] as string;
    const place = { schema: schemaName, name: 'users:loading' };
    const table = `${dialect.quote(schemaName)}.${dialect.quote(place.name)}`;
    const messages = [schema('users', {}), record('users', { id: 1 })];
    await statement(url, `CREATE SCHEMA ${schemaName}; CREATE TABLE ${table} (left_over int)`);
    const files = { config: { ...given, load_method: 'overwrite' } };
    const stdin = messages.map((message) => `${JSON.stringify(message)}\n`);
    const refused = await runConnectorProgram(target, { files, stdin });
    expect(refused.stderr).toContain('was not made by this target');
    await statement(url, dialect.markLoading(place));
    await load(given, messages, 'overwrite');
    expect(await read(given, 'users')).toMatchObject([{ id: new ExactNumber('1') }]);
    expect((await statement(url, `SELECT to_regclass('${table}')`)).rows).toEqual([[null]]);
  });

  test('years before the first are times, too', async () => {
    const given = await config();
    const at = ['0000-02-29T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999999-14:00'];
    const time = { type: 'string', format: 'date-time' };
    await load(given, [
      schema('times', { at: time }),
      ...at.map((each, id) => record('times', { id, at: each })),
    ]);
    const { rows } = await statement(
      url,
      `SELECT at FROM ${dialect.quote(given['default_target_schema'] as string)}.times ORDER BY id`,
    );
    expect(rows.flat()).toEqual([
      '0001-02-29 00:00:00+00 BC',
      '0001-12-31 10:00:00+00 BC',
      '10000-01-01 13:59:59.999999+00',
    ]);
  });

  test('a role that may not make schemas loads into one that is there', async () => {
    const role = `loader_${process.pid}`;
    const given: JsonObject = { ...(await config()), url: url.replace(/\/\/[^/]*@/, `//${role}:secret@`) };
    const name = given['default_target_schema'] as string;
    await statement(
      url,
      `CREATE ROLE ${role} LOGIN PASSWORD 'secret'; CREATE SCHEMA ${name} AUTHORIZATION ${role}`,
    );
    try {
      await load(given, [schema('users', {}), record('users', { id: 1 })]);
      expect(await read(given, 'users')).toHaveLength(1);
    } finally {
      await statement(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('a connection that the server ends: its reason, and no state', async () => {
    const given = await config();
    const lines = async function* () {
      const messages = [schema('users', {}), record('users', { id: 1 })];
      yield messages.map((message) => `${JSON.stringify(message)}\n`).join('');
      await until(async () => {
        const { rows } = await statement(
          url,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`,
        );
        return rows.length > 0;
      });
      yield `${JSON.stringify({ type: 'STATE', value: {} })}\n`;
    };
    const run = await runConnectorProgram(target, { files: { config: given }, stdin: lines() });
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toContain('terminating connection due to administrator command');
  });
});
