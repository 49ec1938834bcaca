import { type JsonObject, parseJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { testPlugin } from '../../test/support/plugins.ts';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import { catalogCacheKey } from './cache-key.ts';

function prepared(config: string, extras: JsonObject = {}, pipUrl = 'tap-x==1.0'): PreparedPlugin {
  return {
    plugin: testPlugin({ name: 'tap-x', type: 'extractors', pipUrl }),
    config: {},
    flatConfig: parseJson(config) as JsonObject,
    extras: { _select: ['rows.id'], ...extras },
    env: {},
    exported: {},
    secrets: [],
  };
}

const config =
  '{"host": "héllo", "port": 1234, "password": null, "nested.deep": "q\\"uote", "flag": true, "custom": [1, {"a": 2.50}]}';

test('the key is the one that Meltano 4.4.1 has written for the same plugin', () => {
  const extras = {
    _metadata: { rows: { 'replication-method': 'INCREMENTAL' } },
    _schema: { rows: { id: { type: ['string'] } } },
  };
  expect(catalogCacheKey(prepared(config, extras))).toBe('93f0d0c662621f9120b4f16a5747eef53a3262f6');
});

test('selection does not change the key, settings do', () => {
  const key = catalogCacheKey(prepared('{"a": 1}'));
  expect(catalogCacheKey(prepared('{"a": 1}', { _select: ['x.y'] }))).toBe(key);
  expect(catalogCacheKey(prepared('{"a": 2}'))).not.toBe(key);
});

test('nothing is cached for plugins that may change without notice', () => {
  expect(catalogCacheKey(prepared('{}', {}, '-e ../tap'))).toBeUndefined();
  expect(catalogCacheKey(prepared('{}', {}, ''))).toBeUndefined();
  expect(catalogCacheKey(prepared('{}', { _catalog: 'mine.json' }))).toBeUndefined();
});
