import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '@meltano/foundation/json';
import { afterAll, describe, expect, test } from 'vitest';
import { setting } from '../config/setting.ts';
import { registerChecks } from '../testing/check.ts';
import { contextOf, tapDrivers } from '../testing/drive-tap.ts';
import { outputByStream } from '../testing/tap-output.ts';
import { tapSuite } from '../testing/tap-suite.ts';
import { contentError } from './errors.ts';
import type { FileFormat } from './file-format.ts';
import { fileTap } from './file-tap.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-tap-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** `key=value` per line, each line a record with one property. */
const format: FileFormat<{ readonly upper: boolean }> = {
  options: { separator: { type: 'string', minLength: 1, description: 'Stands between key and value.' } },
  async properties(file) {
    const names = new Set<string>();
    for await (const lines of file.readLines())
      for (const { text } of lines) if (text !== '') names.add(text.split('=')[0] ?? '');
    return Object.fromEntries([...names].map((name) => [name, { type: ['string', 'null'] }]));
  },
  async *read(file, entry, { config }) {
    const separator = String(entry.options['separator'] ?? '=');
    for await (const lines of file.readLines()) {
      const filled = lines.filter(({ text }) => text !== '');
      yield {
        records: filled.map(({ text, line }) => {
          const [name = '', value] = text.split(separator);
          if (value === undefined) throw contentError(file, { line, problem: `has no ${separator}` });
          return { [name]: config.upper ? value.toUpperCase() : value };
        }),
        lines: filled.map(({ line }) => line),
      };
    }
  },
};

const tap = fileTap({
  name: 'tap-pairs',
  label: 'Pairs',
  description: 'Reads pairs',
  version: '1.0.0',
  endings: ['.pairs'],
  settings: { upper: setting.boolean({ label: 'Upper', description: 'Large letters.', default: false }) },
  format,
});

async function read(file: JsonObject, more: JsonObject = {}) {
  const [driver] = tapDrivers(tap, { files: [{ entity: 'x', ...file }], ...more });
  return outputByStream(await (driver as NonNullable<typeof driver>).read({})).get('x')?.records;
}

describe('the suite', () => {
  const path = write('suite.pairs', Array.from({ length: 5_000 }, (_, at) => `a=${at}`).join('\n'));
  const config = { files: [{ entity: 'x', path, only_modified: true }] };
  registerChecks(tapSuite({ tap, config, invalidConfig: { files: [{ path }] } }), test);
});

test('the settings are those of all taps of files and the own', () => {
  expect(tap.about.settings.map(({ name }) => name).slice(0, 3)).toEqual([
    'files',
    'upper',
    'add_metadata_columns',
  ]);
  expect(tap.about.settings[0]?.['description']).toContain('encoding, separator, schema');
});

test('lines end in LF, CR LF or with the file, in any encoding, packed or not', async () => {
  const wanted = [{ a: 'é' }, { a: '2' }, { a: '3' }];
  expect(await read({ path: write('plain.pairs', 'a=é\r\na=2\n\na=3') })).toEqual(wanted);
  const packed = gzipSync(Buffer.from('a=\xe9\r\na=2\n\na=3', 'latin1'));
  expect(await read({ path: write('packed.gz', packed), encoding: 'latin1' })).toEqual(wanted);
});

test('a line may be longer than a piece of the file', async () => {
  const long = 'é'.repeat(500_000);
  const path = write('long.pairs', `a=1\r\na=${long}\r\na=2\r\n`);
  expect(await read({ path })).toEqual([{ a: '1' }, { a: long }, { a: '2' }]);
});

test('options of an entry and settings reach the format, and records their line', async () => {
  const path = write('own.pairs', 'a=x\n\na=y\n');
  expect(await read({ path, separator: '=' }, { upper: true, add_metadata_columns: true })).toMatchObject([
    { a: 'X', _sdc_source_file: path, _sdc_source_lineno: 1 },
    { a: 'Y', _sdc_source_lineno: 3 },
  ]);
  await expect(read({ path, separator: '' })).rejects.toMatchObject({ code: 'config.invalid' });
  await expect(read({ path, seperator: '=' })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining("has no member 'seperator' (did you mean 'separator'?)"),
  });
});

test('an error of the format names file and line', async () => {
  const path = write('bad.pairs', 'a=1\nb\n');
  await expect(read({ path })).rejects.toMatchObject({
    code: 'files.invalid_content',
    message: `${path}:2 has no =`,
    place: { file: path, line: 2 },
  });
});

test('a key or a schema of no column is refused', async () => {
  const path = write('keys.pairs', 'a=1\n');
  for (const more of [{ keys: ['b'] }, { schema: { b: {} } }, { replication_key: 'b' }])
    await expect(read({ path, ...more })).rejects.toMatchObject({
      code: 'files.invalid_definition',
      message: 'The files of x have no column "b"',
      hint: 'the columns are a',
    });
});

test('a file that is read at any place may not be gzip', async () => {
  const jumping = fileTap({
    name: 'tap-jumping',
    label: 'Jumping',
    description: 'Reads the last byte',
    version: '1.0.0',
    endings: ['.bin'],
    format: {
      isBinary: true,
      properties: async () => ({ last: { type: ['integer'] } }),
      async *read(file) {
        const opened = await file.open();
        const [last = -1] = await opened.read(opened.byteLength - 1, opened.byteLength + 5);
        await opened.close();
        yield { records: [{ last }], lines: [1] };
      },
    },
  });
  const records = async (path: string) => {
    const [driver] = tapDrivers(jumping, { files: [{ entity: 'x', path }] });
    return outputByStream(await (driver as NonNullable<typeof driver>).read({})).get('x')?.records;
  };
  expect(await records(write('a.bin', Buffer.from([1, 2, 3])))).toEqual([{ last: 3 }]);
  await expect(records(write('b.bin', gzipSync('x')))).rejects.toMatchObject({
    code: 'files.no_random_access',
  });
});

describe('a format that needs an option, or that fails', () => {
  const fails = (more: Partial<FileFormat<unknown>> = {}) =>
    fileTap({
      name: 'tap-wide',
      label: 'Wide',
      description: 'Reads columns',
      version: '1.0.0',
      endings: ['.wide'],
      format: {
        options: {
          columns: {
            type: 'array',
            description: 'Names.',
            items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
          },
        },
        requiredOptions: ['columns'],
        properties: async (_, entry) =>
          Object.fromEntries((entry.options['columns'] as { name: string }[]).map(({ name }) => [name, {}])),
        async *read() {
          yield { records: [], lines: [] };
          throw new TypeError('x is not a function');
        },
        ...more,
      },
    });
  const path = write('any.wide', 'x');
  const readWith = async (tap: ReturnType<typeof fails>, entry: JsonObject) => {
    const [driver] = tapDrivers(tap, {
      files: [
        { entity: 'ok', path, columns: [] },
        { path, ...entry },
      ],
    });
    return (driver as NonNullable<typeof driver>).read({});
  };

  test.each<[JsonObject, string]>([
    [{ entity: 'x' }, `"files[1]" must have required property 'columns'`],
    [{ entity: 'x', columns: [{}] }, `"files[1].columns[0]" must have required property 'name'`],
    [{ entity: 'x', colums: [] }, `"files[1]" has no member 'colums' (did you mean 'columns'?)`],
  ])('%j is refused before a file is looked at', async (entry, message) => {
    await expect(readWith(fails(), entry)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(message),
    });
  });

  test.each<[string, Partial<FileFormat<unknown>>]>([
    ['reading', {}],
    [
      'describing',
      {
        properties: async () => {
          throw new TypeError('x is not a function');
        },
      },
    ],
  ])('an error of its own while %s names file and format', async (_, more) => {
    await expect(readWith(fails(more), { entity: 'x', columns: [] })).rejects.toMatchObject({
      code: 'files.format_failed',
      message: `${path} could not be read as Wide: x is not a function`,
      place: { file: path },
    });
  });
});

test('an empty list of files is told of', async () => {
  const logged: string[] = [];
  const log = { log: (level: string, event: string) => void (level === 'warning' && logged.push(event)) };
  await tap.discover({ ...contextOf({ files: [] }), log });
  expect(logged).toEqual(['The list of files is empty: there is nothing to read']);
});
