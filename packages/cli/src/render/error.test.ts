import { defineErrors } from '@meltano/foundation/errors';
import { expect, it } from 'vitest';
import { renderCauses, renderError } from './error.ts';
import { createStyle } from './style.ts';

const testError = defineErrors('test', { wrong: 'invalid' });
const plain = createStyle(false);

it('says what, where and what to type', () => {
  const error = testError('wrong', {
    message: `Setting 'port' of extractor 'tap-postgres' is not an integer: "54x2"`,
    hint: 'meltano config set tap-postgres port 5432',
    place: {
      file: 'meltano.yml',
      line: 14,
      column: 15,
      text: '        port: 54x2',
      length: 4,
      path: 'plugins › extractors › tap-postgres',
    },
  });
  expect(
    `${renderError(error, plain).join('\n')}\n`,
  ).toBe(`error: Setting 'port' of extractor 'tap-postgres' is not an integer: "54x2"
  --> meltano.yml:14:15 (plugins › extractors › tap-postgres)
   |
14 |         port: 54x2
   |               ^^^^
  fix: meltano config set tap-postgres port 5432
`);
});

it('has a line for whatever was thrown', () => {
  expect(renderError(new Error('boom'), plain)).toEqual(['error: boom']);
  expect(renderError('text', plain)).toEqual(['error: text']);
});

it('tells the whole chain of causes when asked', () => {
  const inner = testError('wrong', { message: 'inner' });
  const lines = renderCauses(
    testError('wrong', { message: 'outer', cause: new Error('middle', { cause: inner }) }),
  );
  expect(lines.slice(0, 2)).toEqual(['caused by: middle', 'caused by: inner [test.wrong]']);
});
