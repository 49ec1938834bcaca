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
  ).toBe(`Error: Setting 'port' of extractor 'tap-postgres' is not an integer: "54x2"
  --> meltano.yml:14:15 (plugins › extractors › tap-postgres)
   |
14 |         port: 54x2
   |               ^^^^
  fix: meltano config set tap-postgres port 5432
`);
});

it('has a line for whatever was thrown', () => {
  expect(renderError(new Error('boom'), plain)).toEqual(['Error: boom']);
  expect(renderError('text', plain)).toEqual(['Error: text']);
});

it('tells the whole chain of causes when asked', () => {
  const inner = testError('wrong', { message: 'inner' });
  const lines = renderCauses(
    testError('wrong', { message: 'outer', cause: new Error('middle', { cause: inner }) }),
  );
  expect(lines.slice(0, 2)).toEqual(['caused by: middle', 'caused by: inner [test.wrong]']);
});

it('fits a terminal: the message is wrapped, and of a long line the part around the mark is shown', () => {
  const error = testError('wrong', {
    message: `The file is not as it should be: ${'word '.repeat(20).trim()}`,
    hint: 'mend it, and look at the rest of the file, which may have more of the same kind of mistake in it',
    place: {
      file: 'meltano.yml',
      line: 7,
      column: 151,
      length: 4,
      text: `${'x'.repeat(150)}here${'y'.repeat(99)}`,
    },
  });
  const lines = renderError(error, plain, 60);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  const [marked = '', mark = ''] = lines.slice(lines.findIndex((line) => line.startsWith('7 |')));
  expect(marked.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('here');
});
