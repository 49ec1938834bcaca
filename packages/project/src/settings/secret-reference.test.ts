import { expect, test } from 'vitest';
import type { SettingLayer } from './layer.ts';
import { resolveSettings } from './resolve-settings.ts';
import { describeReferences, referencesIn, replaceReferences } from './secret-reference.ts';
import { secretValues } from './secrets.ts';
import { parseSettingDefinition } from './setting-definition.ts';

test('three prefixes count, and nothing else', () => {
  const found = referencesIn({
    a: 'x${env:NAME}y${file:a/b c.txt}',
    b: ['${exec:pass show db}', '${env:NAME}', 1],
    c: '${NAME} $NAME ${env:} ${env:a-b} ${vault:x} ${file:} \\${env:ESCAPED} {env:X}',
  });
  expect(found).toEqual([
    { kind: 'env', argument: 'NAME', text: '${env:NAME}' },
    { kind: 'file', argument: 'a/b c.txt', text: '${file:a/b c.txt}' },
    { kind: 'exec', argument: 'pass show db', text: '${exec:pass show db}' },
  ]);
});

test('replaced once, also in lists and mappings; a backslash takes the meaning away', () => {
  const values = new Map([
    ['${env:A}', '${env:B}'],
    ['${env:B}', 'never'],
  ]);
  expect(replaceReferences({ k: ['<${env:A}>', '\\${env:A}', '${env:C}', 7] }, values)).toEqual({
    k: ['<${env:B}>', '${env:A}', '${env:C}', 7],
  });
});

test('what can be shown of a reference', () => {
  expect(describeReferences('${exec:pass show db}')).toBe('(from exec: pass show db)');
  expect(describeReferences('pg://me:${file:pw}@host')).toBe('pg://me:(from file: pw)@host');
});

const definitions = [
  parseSettingDefinition({ name: 'port', kind: 'integer' }),
  parseSettingDefinition({ name: 'tags', kind: 'array' }),
  parseSettingDefinition({ name: 'shared', value: '${exec:from a definition}' }),
  parseSettingDefinition({ name: 'stored' }),
  parseSettingDefinition({ name: '_extra' }),
];
const layers: readonly SettingLayer[] = [
  { store: 'env', variables: { TAP_TAGS: '["${env:TAG}"]' } },
  {
    store: 'meltano_yml',
    values: { port: '${file:$DIR/port}', _extra: 'at ${exec:hostname}' },
    place: () => undefined,
  },
  { store: 'db', values: { stored: '${exec:from a database}' } },
];
const prefixes = { read: ['tap'], write: ['tap'], readAliases: false };
const resolve = (references?: ReadonlyMap<string, string>) =>
  resolveSettings({
    definitions,
    layers,
    prefixes,
    variables: { DIR: '/run' },
    now: 0,
    ...(references && { references }),
  });

test('values with references stay as they are written until they are followed', () => {
  const settings = resolve();
  expect(settings.map(({ value, unread }) => [value, unread ?? false])).toEqual([
    ['${file:/run/port}', true],
    ['["${env:TAG}"]', true],
    ['${exec:from a definition}', false],
    ['${exec:from a database}', false],
    ['at ${exec:hostname}', true],
  ]);
  expect(secretValues(settings)).toEqual([]);
});

test('followed, they are cast to their kind, and are secrets', () => {
  const settings = resolve(
    new Map([
      ['${file:/run/port}', '5432'],
      ['${env:TAG}', 'blue'],
      ['${exec:hostname}', 'box'],
      ['${exec:from a definition}', 'must not be used'],
      ['${exec:from a database}', 'must not be used'],
    ]),
  );
  expect(settings.map(({ value }) => value)).toEqual([
    5432,
    ['blue'],
    '${exec:from a definition}',
    '${exec:from a database}',
    'at box',
  ]);
  expect(secretValues(settings)).toEqual(['5432', 'blue', 'at box']);
});
