import type { Catalog } from '@meltano/singer/catalog';
import { expect, it } from 'vitest';
import { unmatchedPattern } from './unmatched-pattern.ts';

const stream = (name: string, ...properties: readonly string[]) => ({
  tap_stream_id: name,
  stream: name,
  schema: { type: 'object', properties: Object.fromEntries(properties.map((each) => [each, {}])) },
  metadata: properties.map((each) => ({ breadcrumb: ['properties', each], metadata: {} })),
});
const catalog: Catalog = { streams: [stream('people', 'id', 'name'), stream('orders', 'id', 'total')] };
const answer = (streams: string, property = '*') => unmatchedPattern(catalog, { stream: streams, property });

it('says that no stream is meant, and which one may be', () => {
  expect(answer('peple')).toBe("no stream is named 'peple'; did you mean 'people'?");
  expect(answer('zzz')).toBe("no stream is named 'zzz'");
});

it('looks at the properties of the streams that are meant', () => {
  expect(answer('people', 'nam')).toBe("no property of 'people' is named 'nam'; did you mean 'name'?");
  expect(answer('people', 'total')).toBe("no property of 'people' is named 'total'");
});

it('has nothing to say about what selects something', () => {
  for (const [streams, property] of [['people'], ['*'], ['p*', 'n*'], ['*', 'total']] as const)
    expect(answer(streams, property)).toBeUndefined();
});
