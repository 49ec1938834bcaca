import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Author, createAuthor } from '../../test/author.ts';

let author: Author | undefined;
afterEach(() => author?.leave());

const sdk = (file: string) => JSON.stringify(resolve(import.meta.dirname, '..', file));

const imports = `import { defineConfig } from ${sdk('config/config.ts')};
import { setting } from ${sdk('config/setting.ts')};
import { s } from ${sdk('schema/schema.ts')};
import { defineTap } from ${sdk('tap/define-tap.ts')};
import { defineStream } from ${sdk('tap/stream.ts')};
`;

/** A tap of one stream; its keys, and what its records are. */
const tap = (keys: string, records: string) => `${imports}
const tap = defineTap({
  name: 'tap-x',
  label: 'X',
  description: 'Reads X',
  version: '1.0.0',
  config: defineConfig({ size: setting.integer({ label: 'Size', description: 'How many.', required: true }) }),
  streams: [
    defineStream({
      name: 'rows',
      keys: ['${keys}'],
      schema: s.object({ id: s.integer(), text: s.string() }),
      *records() { yield ${records}; },
    }),
  ],
});
`;
const good = `${tap('id', "[{ id: 1, text: 'a' }, { id: 2, text: 'b' }]")}export default tap;\n`;

async function run(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  author = createAuthor({ files });
  return author.run(...args);
}

describe('meltano-sdk', () => {
  it('says what there is, and its version', async () => {
    expect((await run({}, '--help')).out).toContain('from-openapi FILE');
    expect((await run({}, '--version')).out).toBe('meltano-sdk 9.9.9\n');
  });

  it.each(['create', 'run', 'dev', 'test', 'probe', 'from-openapi', 'definition', 'practice-api'])(
    '%s --help prints how it is used, and does nothing',
    async (command) => {
      const { code, out } = await run({}, command, ...(command === 'create' ? ['tap'] : []), '--help');
      expect([code, out.startsWith('Usage: ')]).toEqual([0, true]);
    },
  );

  it('create --help says what can be made', async () => {
    const { code, out } = await run({}, 'create', '--help');
    expect([code, out]).toEqual([0, expect.stringContaining('create tap|target|mapper [NAME]')]);
  });

  it('refuses what it does not have', async () => {
    const { code, err } = await run({}, 'fly');
    expect(code).toBe(2);
    expect(err).toContain('There is no command "fly"');
    expect(err).toContain('fix: see meltano-sdk --help');
  });
});

describe('the connector of a file', () => {
  it.each([
    ['its default', good],
    ['the only one it exports', `${tap('id', '[]')}export const x = tap;\nexport const y = 1;\n`],
    ['the default among several', `${good}export const other = { ...tap };\n`],
  ])('is %s', async (_, text) => {
    const { code, out } = await run({ 'x.ts': text }, 'definition', 'x.ts');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'tap-x',
      plugin_type: 'extractors',
      npm_package: 'tap-x',
      executable: './node_modules/.bin/tap-x',
      settings: expect.arrayContaining([expect.objectContaining({ name: 'size' })]),
    });
  });

  it.each([
    ['none', 'export const y = 1;\n', 'x.ts exports no connector'],
    [
      'several',
      `${tap('id', '[]')}export const a = tap;\nexport const b = { ...tap };\n`,
      'exports several connectors',
    ],
    ['a failing file', "throw new Error('boom');\n", 'x.ts cannot be loaded: boom'],
  ])('is not there: %s', async (_, text, message) => {
    const { code, err } = await run({ 'x.ts': text }, 'definition', 'x.ts');
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});

describe('the definition of a manifest', () => {
  const manifest = `api:
  url: https://x.example
  auth: {type: bearer, token: '{{ config.pat }}', scheme: '{{ config.scheme }}'}
streams: {rows: {path: /rows, params: {since: '{{ config.since }}'}, headers: {X-Api-Key: '{{ config.second }}'}}}
`;

  it('runs with the tap that reads manifests, and has its settings', async () => {
    const { out } = await run({ 'acme.yaml': manifest }, 'definition', 'acme.yaml');
    const tapRestApi = resolve(import.meta.dirname, '../../../../connectors/rest-api/package.json');
    const { name, bin } = JSON.parse(readFileSync(tapRestApi, 'utf8')) as { name: string; bin: object };
    const definition = JSON.parse(out) as {
      readonly settings: readonly { readonly name: string; readonly [fact: string]: unknown }[];
    };
    expect(definition).toMatchObject({
      name: 'tap-acme',
      npm_package: name,
      executable: Object.keys(bin)[0],
    });
    const settings = new Map(definition.settings.map((each) => [each.name, each]));
    expect(settings.get('manifest')).toMatchObject({ value: 'acme.yaml' });
    const isSecret = (setting: string) => settings.get(setting)?.['sensitive'] === true;
    expect(['pat', 'second', 'scheme', 'since'].map(isSecret)).toEqual([true, true, false, false]);
    expect(settings.has('since')).toBe(true);
  });
});

describe('meltano-sdk test', () => {
  it('passes a tap that does everything right', async () => {
    const { code, out } = await run(
      { 'x.ts': good, 'config.json': '{"size": 1}' },
      'test',
      'x.ts',
      '--config',
      'config.json',
    );
    expect(out).toMatch(/(\d+) of \1 checks passed/);
    expect(code).toBe(0);
  });

  it('names the checks that fail, and goes on with the others', async () => {
    const bad = `${tap('id', "[{ id: 1, text: 'a' }, { id: 1, text: 'b' }]")}export default tap;\n`;
    const { code, out, err } = await run(
      { 'x.ts': bad, 'config.json': '{"size": 1}' },
      'test',
      'x.ts',
      '--config',
      'config.json',
    );
    expect(code).toBe(1);
    expect(out).toContain('FAIL  sends keys that are present and unique, in process');
    expect(out).toContain('ok    describes itself');
    // What a title refers to must be known to an author.
    expect(out).not.toMatch(/\((?:Invariant )?\d/);
    expect(err).toContain('2 checks have failed');
  });

  it('refuses a configuration that cannot be read, and what is no tap', async () => {
    const unreadable = await run({ 'x.ts': good, 'c.json': '[' }, 'test', 'x.ts', '--config', 'c.json');
    expect(unreadable.err).toContain('c.json is not a JSON object that can be read');
    const target = await run(
      { 'x.ts': "export default { kind: 'target', about: { name: 'target-x' } };\n" },
      'test',
      'x.ts',
    );
    expect([target.code, target.err]).toEqual([2, expect.stringContaining('target-x is a target')]);
  });
});
