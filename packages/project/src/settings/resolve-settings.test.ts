import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SettingLayer } from './layer.ts';
import { nestedConfig } from './plugin-config.ts';
import { resolveSettings } from './resolve-settings.ts';
import type { ResolvedSetting } from './resolved-setting.ts';
import { parseSettingDefinition } from './setting-definition.ts';

const prefixes = { read: ['tap-x'], write: ['tap-x'], readAliases: true };

function resolve(
  definitions: readonly JsonObject[],
  layers: readonly SettingLayer[],
  more: { variables?: Record<string, string>; strict?: boolean; expand?: boolean } = {},
) {
  return resolveSettings({
    definitions: definitions.map(parseSettingDefinition),
    layers,
    prefixes,
    variables: {},
    now: Date.UTC(2026, 0, 10),
    ...more,
  });
}

const env = (variables: Record<string, string>): SettingLayer => ({ store: 'env', variables });
const yml = (values: Record<string, JsonValue>): SettingLayer => ({
  store: 'meltano_yml',
  values,
  place: () => undefined,
});
const values = (settings: readonly { definition: { name: string }; value: JsonValue }[]) =>
  Object.fromEntries(settings.map((setting) => [setting.definition.name, setting.value]));

describe('which layer wins', () => {
  const stores = ['config_override', 'env', 'dotenv', 'meltano_environment', 'meltano_yml', 'db'] as const;
  const layer = (store: (typeof stores)[number], value: string): SettingLayer => {
    if (store === 'env' || store === 'dotenv') return { store, variables: { TAP_X_S: value } };
    if (store === 'config_override' || store === 'db') return { store, values: { s: value } };
    return { store, values: { s: value }, place: () => undefined };
  };
  test('the strongest that has a value; it names those it hides', () => {
    fc.assert(
      fc.property(fc.subarray([...stores]), fc.boolean(), (present, hasDefault) => {
        const [setting] = resolve(
          [{ name: 's', ...(hasDefault && { value: 'default' }) }],
          present.map((store) => layer(store, store)),
        );
        const expected = [...present, ...(hasDefault ? ['default'] : [])];
        expect(setting?.value).toBe(expected[0] ?? null);
        expect(setting?.origin?.store).toBe(expected[0]);
        expect(setting?.hides.map((origin) => origin.store)).toEqual(expected.slice(1));
      }),
    );
  });
  test('null in a file sets nothing', () => {
    expect(values(resolve([{ name: 's', value: 'd' }], [yml({ s: null })]))).toEqual({ s: 'd' });
  });
});

describe('names of one setting', () => {
  const definition = { name: 'auth.user', aliases: ['username'], env_aliases: ['OLD', '!NO_AUTH'] };
  test('an alias works in files and variables', () => {
    expect(values(resolve([definition], [yml({ username: 'me' })]))).toEqual({ 'auth.user': 'me' });
    expect(values(resolve([definition], [env({ TAP_X_USERNAME: 'me' })]))).toEqual({ 'auth.user': 'me' });
    expect(values(resolve([definition], [env({ NO_AUTH: 'true' })]))).toEqual({ 'auth.user': false });
  });
  test('two of them in one place are an error, with the texts of Meltano', () => {
    expect(() => resolve([definition], [env({ TAP_X_USERNAME: 'a', OLD: 'a' })])).toThrow(
      "Error: Setting value set via multiple environment variables: ['TAP_X_USERNAME', 'OLD']",
    );
    expect(() => resolve([definition], [env({ TAP_X_USERNAME: 'a', OLD: 'b' })])).toThrow(
      "Conflicting values for setting found in: ['TAP_X_USERNAME', 'OLD']",
    );
    expect(() => resolve([definition], [yml({ 'auth.user': 'a', username: 'b' })])).toThrow(
      'Conflicting values',
    );
    expect(values(resolve([definition], [yml({ 'auth.user': 'a', username: 'a' })]))).toEqual({
      'auth.user': 'a',
    });
  });
});

describe('expansion and casting', () => {
  test('files and defaults are expanded, variables are literal', () => {
    const definitions = [{ name: 'a', value: '$V' }, { name: 'b' }, { name: 'c' }];
    expect(
      values(resolve(definitions, [env({ TAP_X_B: '$V' }), yml({ c: ['$V'] })], { variables: { V: '1' } })),
    ).toEqual({
      a: '1',
      b: '$V',
      c: ['1'],
    });
  });
  test('what expands to nothing is null, and does not fall through', () => {
    const definition = { name: 'arr', kind: 'array', value: '["default"]' };
    expect(values(resolve([definition], [yml({ arr: '$LST' })]))).toEqual({ arr: null });
    expect(values(resolve([definition], [yml({ arr: '$LST' })], { variables: { LST: '["q"]' } }))).toEqual({
      arr: ['q'],
    });
  });
  test('0 is a value', () => {
    expect(
      values(resolve([{ name: 'n', kind: 'integer', value: '$EV' }], [], { variables: { EV: '0' } })),
    ).toEqual({ n: 0 });
  });
  test('strict: a missing variable is an error', () => {
    expect(() => resolve([{ name: 'a', value: '$V' }], [], { strict: true })).toThrow(
      "Environment variable 'V' referenced but not set",
    );
  });
  test('extras see the settings as variables', () => {
    const definitions = [
      { name: '_select', value: '$TAP_X_SCHEMA.*' },
      { name: 'schema', value: 'public' },
    ];
    expect(values(resolve(definitions, []))).toEqual({ _select: 'public.*', schema: 'public' });
  });
  test('processors', () => {
    const definitions = [
      { name: 'a', value: 'x', value_processor: 'upcase_string' },
      { name: 'b', kind: 'object', value: { 'x.y': 1 }, value_processor: 'nest_object' },
      { name: 'c', kind: 'object', value: { x: 1 }, value_processor: 'stringify' },
      { name: 'd', value: '1 day ago', value_processor: 'parse_date' },
    ];
    expect(values(resolve(definitions, []))).toEqual({
      a: 'X',
      b: { x: { y: 1 } },
      c: '{"x": 1}',
      d: '2026-01-09T00:00:00',
    });
  });
});

describe('object settings and the config of a plugin', () => {
  const object = { name: 'o', kind: 'object', value: { x: 1 } };
  const config = (definitions: readonly JsonObject[], layers: readonly SettingLayer[]) =>
    nestedConfig(resolve(definitions, layers), 0);

  test('nested settings replace a default', () => {
    const [setting] = resolve([object, { name: 'o.z' }], [yml({ 'o.z': 2 })]);
    expect(setting).toMatchObject({ value: { z: 2 }, composed: true, origin: { store: 'meltano_yml' } });
    expect(config([object, { name: 'o.z' }], [yml({ 'o.z': 2 })])).toEqual({ o: { z: 2 } });
    expect(config([object], [])).toEqual({ o: { x: 1 } });
  });
  test('a deep setting nests once, its null is left out, a null one level down is kept', () => {
    const definitions = [object, { name: 'o.a.b' }, { name: 'o.a.c' }, { name: 'o.n' }];
    expect(config(definitions, [yml({ 'o.a.b': 1 })])).toEqual({ o: { n: null, a: { b: 1 } } });
  });
  test('an object that a parent has put together is nested, however far up', () => {
    const definitions = [object, { name: 'o.a.b' }];
    const heir = (settings: readonly ResolvedSetting[]): SettingLayer => ({
      store: 'inherited',
      plugin: 'tap-parent',
      settings: new Map(settings.map((setting) => [setting.definition.name, setting])),
    });
    const parent = heir(resolve(definitions, [yml({ 'o.a.b': 1 })]));
    expect(config([object], [parent])).toEqual({ o: { a: { b: 1 } } });
    expect(config([object], [heir(resolve([object], [parent]))])).toEqual({ o: { a: { b: 1 } } });
    const whole = heir(resolve([object], [env({ TAP_X_O: '{"a.b": 1}' })]));
    expect(config([object], [whole])).toEqual({ o: { 'a.b': 1 } });
  });
  test('an object given as a whole keeps dots in its keys', () => {
    expect(config([object], [env({ TAP_X_O: '{"x.y": 1, "z": {"a.b": [{"c.d": 2}]}}' })])).toEqual({
      o: { 'x.y': 1, z: { 'a.b': [{ 'c.d': 2 }] } },
    });
  });
  test('a nested variable joins an object given as a whole', () => {
    expect(config([object, { name: 'o.z' }], [env({ TAP_X_O: '{"x": 1}', TAP_X_O_Z: '2' })])).toEqual({
      o: { x: 1, z: '2' },
    });
  });
  test('nulls go, empty text stays, escaped dots are dots', () => {
    expect(
      config([{ name: 'a' }, { name: 'b' }, { name: 's3\\.url' }], [yml({ b: '', 's3\\.url': 'x' })]),
    ).toEqual({ b: '', 's3.url': 'x' });
  });
  test('stringify takes an object that is written as nested keys', () => {
    const definitions = [{ name: 'st', kind: 'object', value_post_processor: 'stringify' }, { name: 'st.q' }];
    expect(config(definitions, [yml({ 'st.q': 1 })])).toEqual({ st: '{"q": 1}' });
  });
  test('dates for people become dates', () => {
    expect(
      nestedConfig(
        resolve([{ name: 'd', kind: 'date_iso8601', value: '1 day ago' }], []),
        Date.UTC(2026, 0, 10),
      ),
    ).toEqual({
      d: '2026-01-09T00:00:00',
    });
  });
});

describe('inherited settings', () => {
  const parent = (expand: boolean) =>
    new Map(
      resolve(
        [
          { name: 's', kind: 'integer', value: 1 },
          { name: 'd', value: 'mere default' },
        ],
        [yml({ s: '$V' })],
        { variables: { V: '7' }, expand },
      ).map((setting) => [setting.definition.name, setting]),
    );
  test('a value comes unexpanded and is expanded in the child; defaults of the parent do not count', () => {
    const definitions = [{ name: 's', kind: 'integer' }, { name: 'd' }, { name: 'own' }];
    const settings = resolve(
      definitions,
      [{ store: 'inherited', plugin: 'tap-p', settings: parent(false) }],
      { variables: { V: '8' } },
    );
    expect(values(settings)).toEqual({ s: 8, d: null, own: null });
    expect(settings[0]?.origin).toMatchObject({
      store: 'inherited',
      raw: '$V',
      parent: { plugin: 'tap-p', origin: { store: 'meltano_yml' } },
    });
  });
});
