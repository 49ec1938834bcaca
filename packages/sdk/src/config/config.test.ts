import { parseJson } from '@meltano/foundation/json';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { castSetting, defineConfig } from './config.ts';
import { configFromEnv, settingVariable } from './config-env.ts';
import { setting } from './setting.ts';
import { settingDefinitions, settingsSchema } from './setting-definitions.ts';

const words = { label: 'L', description: 'D' };
const config = defineConfig({
  host: setting.string({ ...words, required: true, aliases: ['server'] }),
  password: setting.secret({ ...words, required: true }),
  port: setting.integer({ ...words, default: 5432 }),
  mode: setting.option(['fast', 'safe'], { ...words, default: 'safe' }),
  tables: setting.array(words, { items: { type: 'string' } }),
  ssl: setting.boolean(words),
});
const given = { host: 'h', password: 'p' };

describe('parsing', () => {
  test('fills defaults, and the static type says what is always there', () => {
    const parsed = config.parse(given);
    expect(parsed).toEqual({
      host: 'h',
      password: 'p',
      port: 5432,
      mode: 'safe',
      tables: undefined,
      ssl: undefined,
    });
    expectTypeOf(parsed.port).toEqualTypeOf<number>();
    expectTypeOf(parsed.mode).toEqualTypeOf<'fast' | 'safe'>();
    expectTypeOf(parsed.ssl).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(parsed.host).toEqualTypeOf<string>();
  });

  test('casts text, as variables and YAML give it', () => {
    expect(config.parse({ ...given, port: '1', ssl: 'yes', tables: '["a"]' })).toMatchObject({
      port: 1,
      ssl: true,
      tables: ['a'],
    });
  });

  test('takes an alias, ignores what it does not know, and null counts as absent', () => {
    expect(config.parse({ server: 'x', password: 'p', port: null, other: 1 })).toMatchObject({
      host: 'x',
      port: 5432,
    });
  });

  test.each(['01/02/2024', 'Jan 2, 2024', '2024-1-2', '2024-02-30', 'yesterday', '2024'])(
    'a date is one that is read as such everywhere: %s is none',
    (start) => {
      const dated = defineConfig({ start: setting.date(words) });
      expect(() => dated.parse({ start })).toThrow(
        '"start" must be a date (YYYY-MM-DD) or a time (RFC 3339)',
      );
      for (const right of ['2024-01-02', '2024-01-02T03:04:05+01:00', '2024-01-02 03:04'])
        expect(dated.parse({ start: right })).toEqual({ start: right });
    },
  );

  test('names every problem at once, and no value', () => {
    const bad = { password: 'p', port: 'secret-1', mode: 'quick', tables: [1], ssl: 'maybe' };
    expect(() => config.parse(bad)).toThrow(
      'The configuration is not valid: "host" is required; "port" must be a whole number; "mode" must be one of ' +
        'fast, safe; "tables[0]" must be string; "ssl" must be true or false',
    );
  });
});

test('variables are named as the Meltano SDK names them', () => {
  expect(settingVariable('tap-my-source', 'start_date')).toBe('TAP_MY_SOURCE_START_DATE');
  const env = { TAP_X_SERVER: 'h', TAP_X_PORT: '7', TAP_X_TABLES: '["a"]', TAP_X_SSL: '' };
  expect(configFromEnv('tap-x', config, env)).toEqual({ host: 'h', port: 7, tables: ['a'] });
});

test('become Hub definitions', () => {
  const definitions = settingDefinitions(config);
  expect(definitions[0]).toEqual({
    name: 'host',
    label: 'L',
    kind: 'string',
    description: 'D',
    aliases: ['server'],
  });
  expect(definitions[1]).toEqual({
    name: 'password',
    label: 'L',
    kind: 'password',
    description: 'D',
    sensitive: true,
  });
  expect(definitions[3]).toMatchObject({
    kind: 'options',
    value: 'safe',
    options: [
      { label: 'fast', value: 'fast' },
      { label: 'safe', value: 'safe' },
    ],
  });
});

test('become a JSON Schema', () => {
  expect(settingsSchema(config)).toMatchObject({
    required: ['host', 'password'],
    properties: {
      password: { type: ['string'], secret: true, writeOnly: true },
      port: { type: ['integer', 'null'], default: 5432 },
      tables: { type: ['array', 'null'], items: { type: 'string' } },
    },
  });
});

test('a number in place of a text keeps its digits; elsewhere it is a number', () => {
  const long = '12345678901234567890';
  expect(castSetting('string', parseJson(long))).toBe(long);
  expect(castSetting('secret', parseJson('1.0'))).toBe('1.0');
  expect(castSetting('number', parseJson('1.0'))).toBe(1);
  expect(castSetting('object', parseJson('{"rates":[1.0,2]}'))).toEqual({ rates: [1, 2] });
});
