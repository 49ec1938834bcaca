import { expect, test } from 'vitest';
import { parseCatalog } from './parse-catalog.ts';

test.each([
  '{"streams":[]}',
  '{"streams":[{"tap_stream_id":"a","schema":{}},{"tap_stream_id":"b","metadata":null}]}',
  '{"streams":[{"tap_stream_id":"a","metadata":[{"breadcrumb":[],"metadata":{}},{"metadata":{}}]}]}',
])('%s is a catalog', (text) => {
  expect(parseCatalog(text, 'tap-x')).toEqual(JSON.parse(text));
});

test.each([
  ['[]', `what 'tap-x' printed is not an object with a list "streams"`],
  ['{"streams":[1]}', 'is not an object with a list "streams"'],
  [
    '{"streams":[{"tap_stream_id":"a","metadata":{}}]}',
    'has a stream a whose "metadata" is no list of objects',
  ],
  ['{"streams":[{"stream":"a","metadata":[null]}]}', 'has a stream a whose "metadata" is no list'],
  ['{"streams":', 'text that is not JSON'],
])('%s is none', (text, message) => {
  expect(() => parseCatalog(text, 'tap-x')).toThrow(
    expect.objectContaining({
      code: 'catalog.invalid_catalog',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining('--discover') as string,
    }),
  );
});
