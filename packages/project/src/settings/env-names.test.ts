import { expect, test } from 'vitest';
import { envName, exportVariables, readVariables } from './env-names.ts';
import { parseSettingDefinition } from './setting-definition.ts';

test('variable names', () => {
  expect(envName('tap-x', 's3\\.endpoint')).toBe('TAP_X_S3__ENDPOINT');
  expect(envName('a', '_b.c-d')).toBe('A__B_C_D');
  expect(envName('ä', 'x')).toBe('__X');
});

const prefixes = {
  read: ['tap-c--x', 'ns'],
  write: ['tap-c--x', 'ns', 'meltano_EXTRACT'],
  readAliases: true,
};
const definition = parseSettingDefinition({
  name: 'url',
  aliases: ['address'],
  env: 'THE_URL',
  env_aliases: ['OLD_URL', '!NO_URL'],
});

test('what is read, in this order; `env` is only written', () => {
  expect(readVariables(definition, prefixes)).toEqual([
    { name: 'TAP_C__X_URL', negated: false },
    { name: 'NS_URL', negated: false },
    { name: 'TAP_C__X_ADDRESS', negated: false },
    { name: 'NS_ADDRESS', negated: false },
    { name: 'OLD_URL', negated: false },
    { name: 'NO_URL', negated: true },
  ]);
  expect(readVariables(definition, { ...prefixes, readAliases: false })).toHaveLength(4);
});

test('what is exported', () => {
  expect(exportVariables(definition, prefixes)).toEqual([
    'THE_URL',
    'TAP_C__X_URL',
    'NS_URL',
    'MELTANO_EXTRACT_URL',
    'OLD_URL',
  ]);
});
