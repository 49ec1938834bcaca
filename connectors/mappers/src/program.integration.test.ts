import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnProgram } from '@meltano/sdk/testing/spawn-program';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mappers-program-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bin = join(import.meta.dirname, '../bin/meltano-map-transformer');

function configFile(name: string, config: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const schema =
  '{"type":"SCHEMA","stream":"users","schema":{"type":"object","properties":{"id":{"type":"integer"},"email":{"type":"string"},"home":{"type":"object","properties":{"city":{"type":"string"}}}}},"key_properties":["id"]}';
const record = (id: number | string) =>
  `{"type":"RECORD","stream":"users","record":{"id":${id},"email":"u${id}@example.org","home":{"city":"Lund"}},"time_extracted":"2024-01-01T00:00:00Z"}`;
const state = '{"type":"STATE","value":{"at":9007199254740993}}';

describe('meltano-map-transformer as a process', () => {
  test('hides first, maps then, flattens last, and keeps every digit', async () => {
    const config = configFile('all.json', {
      obfuscate: { users: { email: 'tokenize' } },
      obfuscate_key: 'a secret key',
      stream_maps: { users: { seen: 'email', next: 'id + 1' } },
      flattening_enabled: true,
      flattening_max_depth: 1,
    });
    const run = spawnProgram(bin, ['--config', config]);
    run.child.stdin.end(`${[schema, record('9007199254740993'), state].join('\n')}\n`);
    expect(await run.ended).toBe(0);
    expect(run.lines).toHaveLength(3);
    expect(run.lines[1]).toMatch(
      /^\{"type":"RECORD","stream":"users","record":\{"id":9007199254740993,"email":"(tok_[\w-]{22})","home__city":"Lund","seen":"\1","next":9007199254740994\},"time_extracted":"2024-01-01T00:00:00Z"\}$/,
    );
    expect(run.lines[2]).toBe(state);
    expect(run.stderr()).not.toContain('a secret key');
  });

  test('passes on what it has before more comes', async () => {
    const run = spawnProgram(bin, ['--config', configFile('none.json', {})]);
    run.child.stdin.write(`${schema}\n${record(1)}\n`);
    await run.untilLines(2);
    run.child.stdin.end(`${state}\n`);
    expect(await run.ended).toBe(0);
    expect(run.lines.at(-1)).toBe(state);
  });

  test('names expression and stream when it fails, and ends with 1', async () => {
    const config = configFile('fails.json', { stream_maps: { users: { n: 'int(email)' } } });
    const run = spawnProgram(bin, ['--config', config]);
    run.child.stdin.end(`${schema}\n${record(1)}\n`);
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('"int(email)" of stream_maps.users.n failed');
    expect(run.stderr()).not.toContain('u1@example.org');
  });

  test('fake without its package says what to install', async () => {
    const config = configFile('fake.json', { stream_maps: { users: { email: 'fake.email()' } } });
    const run = spawnProgram(bin, ['--config', config]);
    run.child.stdin.end(`${schema}\n${record(1)}\n`);
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('npm install @faker-js/faker');
  });

  test('fake comes from the package beside the program or in its folder, by the names of Python', async () => {
    const beside = join(folder, 'node_modules/@faker-js/faker');
    mkdirSync(beside, { recursive: true });
    writeFileSync(
      join(beside, 'package.json'),
      '{"name": "@faker-js/faker", "type": "module", "main": "index.js"}',
    );
    writeFileSync(
      join(beside, 'index.js'),
      `export const allLocales = { en: 'en', de: 'de', base: 'base' };
export class Faker {
  constructor({ locale }) { this.locale = locale; }
  seed(seed) { this.seeded = JSON.stringify(seed); }
  person = { fullName: () => 'name ' + this.seeded + ' ' + this.locale.join() };
  number = { int: ({ min, max }) => min + max };
}`,
    );
    const config = configFile('faked.json', {
      stream_maps: {
        users: { email: 'fake.seed_instance(id) or fake.name()', n: 'int(fake.random_int(min=1, max=5))' },
      },
      faker_config: { seed: 7, locale: ['de_DE'] },
    });
    const run = spawnProgram('sh', ['-c', 'cd "$0" && exec "$@"', folder, bin, '--config', config]);
    run.child.stdin.end(`${schema}\n${record(3)}\n`);
    expect(await run.ended).toBe(0);
    expect(JSON.parse(run.lines[1] ?? '')).toMatchObject({ record: { email: 'name 3 de,en,base', n: 6 } });
  });
});
