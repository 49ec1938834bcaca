import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTestClock } from '../testing/test-clock.ts';
import { compileTemplates, type TemplateScope } from './template.ts';

const world = { clock: createTestClock('2024-03-10T12:00:00Z'), random: () => 0.5 };
const evaluate = (value: string, scope: TemplateScope = {}) =>
  compileTemplates(value, { world, label: 'test' })(scope);

const config = { token: 'abc', count: 3, nested: { a: [1, 2] }, texts: { text: 'x' } };

test.each([
  ['plain', 'plain'],
  ['{{ config.token }}', 'abc'],
  ["{{ config['count'] }}", 3],
  ['{{ config.nested.a }}', [1, 2]],
  ['Token {{ config.token }}/{{ config.count + 1 }}', 'Token abc/4'],
  ['{{ config.missing }}', null],
  ['a{{ config.missing }}b', 'ab'],
  ['a{{ config.nested }}', 'a{"a":[1,2]}'],
  ['a{{ config.texts }}', 'a{"text":"x"}'],
  ["{{ config.get('missing', 'x') }}", 'x'],
  ["{{ format_time(now(), '%Y-%m-%d') }}", '2024-03-10'],
  ["{{ format_time(days_ago(10), '%Y-%m-%d') }}", '2024-02-29'],
  ["{{ format_time('2024-01-02T03:04:05+02:00', '%s') }}", '1704157445'],
  ["{{ format_time(1704157445, '%Y-%m-%dT%H:%M:%SZ') }}", '2024-01-02T01:04:05Z'],
  ["{{ format_time(1704157445123, '%ms') }}", '1704157445123'],
  ["{{ format_time('02.01.2024', '%Y-%m-%d', '%d.%m.%Y') }}", '2024-01-02'],
  ["{{ format_time('2024-01-02T03:04:05+02:00', '%s_as_float') }}", '1704157445.0'],
  [
    "{{ format_time(1704157445123456, '%Y-%m-%dT%H:%M:%S.%f', '%epoch_microseconds') }}",
    '2024-01-02T01:04:05.123456',
  ],
  ["{{ format_time('86400', '%Y-%m-%d', '%ms') }}", '1970-01-01'],
  ["{{ format_time(config.get('since'), '%Y') }}", null],
  ["{{ literal('[1, \\'it\\', {\\'a\\': None}]') }}", [1, 'it', { a: null }]],
  ["{{ literal('12') + literal('-1.5') }}", 10.5],
  ["{{ literal('True') }}", true],
  ["{{ literal('true') }}{{ literal('007') }}{{ literal('[x') }}{{ literal('1, 2') }}", 'true007[x1, 2'],
  ['{{ literal(config.nested) }}', { a: [1, 2] }],
])('%s is %j', (text, value) => {
  expect(evaluate(text, { config })).toEqual(value);
});

test('a name that no template has is a mistake', () => {
  expect(() => evaluate('{{ confg.token }}', { config })).toThrow('"confg" is not defined');
});

test.each(['{{ __import__("os") }}', '{{ config.__class__ }}', '{{ process.env }}', '{{ constructor }}'])(
  '%s reaches nothing',
  (text) => {
    let value: unknown;
    try {
      value = evaluate(text, { config });
    } catch {
      value = null;
    }
    expect(value).toBeNull();
  },
);

test('text without templates stays as it is, and a value comes back as it was', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('{{'));
      expect(evaluate(text)).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as never;
      expect(JSON.stringify(evaluate('{{ value }}', { value: plain }))).toBe(JSON.stringify(plain));
    }),
  );
});
