import type { JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { catalogFault } from './catalog-fault.ts';

const withMetadata = (metadata: JsonValue): JsonValue => ({
  streams: [{ tap_stream_id: 'orders' }, { tap_stream_id: 'users', metadata }],
});

test.each([
  { streams: [] },
  { streams: [{}] },
  withMetadata(null),
  withMetadata([]),
  withMetadata([{ breadcrumb: [], metadata: null }, { breadcrumb: ['properties', 'id'] }]),
])('%j is a catalog', (value) => {
  expect(catalogFault(value)).toBeUndefined();
});

test.each([
  [null, 'it must be an object with a list "streams"'],
  [{ streams: {} }, 'it must be an object with a list "streams"'],
  [{ streams: [{}, null] }, '"streams[1]" must be an object'],
  [{ streams: [{ metadata: 'all' }] }, '"metadata" of "streams[0]" must be a list'],
  [withMetadata({}), '"metadata" of stream users must be a list'],
  [withMetadata([{ breadcrumb: [] }, null]), '"metadata[1]" of stream users must be an object'],
  [withMetadata([{ metadata: {} }]), '"metadata[0].breadcrumb" of stream users must be a list'],
  [withMetadata([{ breadcrumb: 'id' }]), '"metadata[0].breadcrumb" of stream users must be a list'],
] as const)('%j is none: %s', (value, fault) => {
  expect(catalogFault(value)).toBe(fault);
});
