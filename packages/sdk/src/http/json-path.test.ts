import { parseJson, stringifyJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { jsonPath } from './json-path.ts';
import { cursorPages, nextLink, offsets, pageNumbers } from './paginate.ts';

test.each(['$.@odata.nextLink', 'a[', '$.a..', '$.a b'])('%s is no path, and says what to write', (path) => {
  expect(() => jsonPath(path)).toThrow(
    expect.objectContaining({
      code: 'http.invalid_path',
      message: expect.stringContaining(JSON.stringify(path)),
      hint: expect.stringContaining("$['@odata.nextLink']"),
    }),
  );
});

test('filters compare numbers with many digits, and what they find keeps them', () => {
  const body = parseJson(
    '{"data": [{"id": 1, "price": 1.50}, {"id": 2, "price": 0.5}, {"id": 12345678901234567890, "price": 1e3}]}',
  );
  const found = (path: string) => stringifyJson(jsonPath(path)(body));
  expect(found('$.data[?@.price>1]')).toBe('[{"id":1,"price":1.50},{"id":12345678901234567890,"price":1e3}]');
  expect(found('$.data[?@.price==1.5].id')).toBe('[1]');
  expect(found('$..price')).toBe('[1.50,0.5,1e3]');
  const name = 'it\'s \\ a \n \u0001 " ü';
  const odd = parseJson(`{${JSON.stringify(name)}: {"x": 1.50}}`);
  expect(stringifyJson(jsonPath('$[?@.x==1.5]')(odd))).toBe('[{"x":1.50}]');
});

test('names of any characters stand in brackets', () => {
  expect(jsonPath("$['@odata.nextLink']")({ '@odata.nextLink': 'x' })).toEqual(['x']);
});

test('a paginator with a wrong path is refused where it is made', () => {
  const size = { param: 'n', value: 1 };
  for (const make of [
    () => nextLink('$.@next'),
    () => cursorPages({ from: '$.@next', param: 'c' }),
    () => cursorPages({ from: 'next', param: 'c', more: '$.@more' }),
    () => pageNumbers({ param: 'p', pages: '$.@pages' }),
    () => offsets({ param: 'o', size, total: '$.@total' }),
  ])
    expect(make).toThrow(expect.objectContaining({ code: 'http.invalid_path' }));
});
