import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTestClock } from '../../testing/test-clock.ts';
import { compileTemplates } from '../template.ts';
import { convertTemplates } from './convert-template.ts';
import type { ImportProblem } from './problem.ts';

const world = { clock: createTestClock('2024-03-10T12:30:00Z'), random: () => 0.5 };

function convert(text: string, shadowed: ReadonlySet<string> = new Set()) {
  const problems: ImportProblem[] = [];
  const made = convertTemplates(text, { path: 'here', problems }, { timeFormat: '%Y-%m-%d', shadowed });
  return { made, reasons: problems.map(({ reason }) => reason) };
}

function evaluate(text: string, scope: Parameters<ReturnType<typeof compileTemplates>>[0] = {}) {
  const { made, reasons } = convert(text);
  expect(reasons).toEqual([]);
  return compileTemplates(made, { world, label: 'test' })(scope);
}

const scope = {
  config: { a: 1, name: 'Ada', list: ['x', 'y'], nested: { n: 2 }, empty: '' },
  record: {
    id: 5,
    tags: ['t'],
    amount: '12.50',
    rows: [
      { kind: 'a', n: 1, at: { x: 1 } },
      { kind: 'b', n: 2 },
    ],
  },
  body: { next: null, meta: { page: 3 }, _links: { next: 'more' } },
  partition: { team: 'red', 'extra_fields.meta.at': 'now' },
  start: '2024-01-02T00:00:00Z',
  end: '2024-01-03T00:00:00Z',
  headers: { 'x-next': 'n' },
  links: { next: { url: 'u' } },
};

test.each([
  ["{{ config['missing'] | default('d') }}", 'd'],
  ["{{ config.empty | default('d') }}", ''],
  ["{{ config.empty | default('d', true) }}", 'd'],
  ["{{ config['missing'] or 'b' }}", 'b'],
  ["{{ not response.get('next') }}", true],
  ['{{ response.next is none }}', true],
  ['{{ response.gone is not defined }}', true],
  ["{{ 'x' if config.gone.further else 'y' }}", 'y'],
  ["{{ 'x' if config.gone }}", null],
  ["{{ 'a' in response.gone }}{{ 'a' not in response.gone }}", 'falsetrue'],
  ['{{ response.gone > 1 or 1 > response.gone }}', false],
  ["{{ record.tags['name'] or 'none' }}", 'none'],
  ['{{ config.a ~ config.name ~ none }}', '1Ada'],
  ["{{ 'a' ~ 1 + 2 ~ 'b' }}", 'a3b'],
  ["{{ 'a' ~ 'b' == 'ab' }}", true],
  ["{{ config.name | lower ~ '!' }}", 'ada!'],
  ["{{ -config['a'] | int }}", -1],
  ["{{ '7' | int + 1 }}", 8],
  ["{{ 'seven' | int(3) }}", 3],
  ['{{ record.amount | float * 2 > 24.5 }}', true],
  ['{{ record.id | string }}', '5'],
  ["{{ config.list | join('|') }}", 'x|y'],
  ['{{ config.list | length > 1 and true }}', true],
  ['{{ config.list | first }}{{ config.list | last }}', 'xy'],
  ['{{ config.nested | tojson }}', '{"n":2}'],
  ["{{ 'abc' | hash('md5') }}", '900150983cd24fb0d6963f7d28e17f72'],
  ["{{ 'a b/c&' | urlencode }}", 'a%20b/c%26'],
  ["{{ 'a:b' | base64encode }}", 'YTpi'],
  ["{{ '/x?page=12' | regex_search('page=(\\\\d+)') }}", '12'],
  ["{{ 'y' not in config.list }}", false],
  ['{{ max(1, 3, 2) - min([4, 2]) }}', 1],
  ['{{ now_utc() }}', '2024-03-10 12:30:00+00:00'],
  ["{{ day_delta(-9, format='%Y-%m-%d') }}", '2024-03-01'],
  ['{{ day_delta(1) }}', '2024-03-11T12:30:00.000000+0000'],
  ["{{ format_datetime('05.01.2024', '%Y-%m-%d', '%d.%m.%Y') }}", '2024-01-05'],
  ["{{ (now_utc() - duration('P1DT30M')).strftime('%Y-%m-%dT%H:%M') }}", '2024-03-09T12:00'],
  ["{{ today_utc().strftime('%d') }}", '10'],
  ["{{ timestamp('2024-01-01T00:00:00Z') }}", 1704067200],
  ["{{ stream_interval['start_time'] }}..{{ stream_slice.end_time }}", '2024-01-02..2024-01-03'],
  ["{{ stream_partition.get('team') }}{{ stream_slice['team'] }}", 'redred'],
  ["{{ headers['X-Next'] }}{{ headers.get('X-Next') }}{{ headers['link']['next']['url'] }}", 'nnu'],
  ['{% if config.gone %}a{% elif config.a == 1 %}b{{ config.a }}{% else %}c{% endif %}', 'b1'],
  ['x{% if config.gone %}a{% endif %}y', 'xy'],
  ['{{ {"a": [config.a, (1, 2)[1]]}["a"] }}', [1, 2]],
  ['{# a note #}plain', 'plain'],
  [
    "{{ stream_partition.parent_slice.team }}{{ stream_slice['parent_slice'].get('gone', 'none') }}",
    'rednone',
  ],
  ["{{ stream_slice.extra_fields['meta.at'] }}{{ stream_partition.extra_fields.get('meta.at') }}", 'nownow'],
  ['{{ "there" if stream_interval is defined and stream_interval else "not" }}', 'there'],
  ["{{ stream_slice.get('gone', config['a'] + 1) }}", 2],
  ["{{ record.rows | map(attribute='at.x') | list }}", [1, null]],
  ["{{ record.rows | map(attribute='at.x', default=0) | list }}", [1, 0]],
  ["{{ record.rows | selectattr('kind', 'equalto', 'b') | map(attribute='n') | first }}", 2],
  ["{{ record.rows | rejectattr('kind', 'in', ['b']) | length }}", 1],
  ["{{ record.rows | selectattr('at') | map(attribute='n') | join(',') }}", '1'],
  ["{{ config.list | map('upper') | select('ne', 'X') | join }}", 'Y'],
  ["{{ record.gone | map(attribute='n') | list }}", []],
  ['{{ response._links.next }}', 'more'],
  ["{{ headers.get('Link', {}).get('next', {}).get('url') }}{{ headers.get('link')['next'].url }}", 'uu'],
  ["{{ headers.get('link', {}).get('prev') is none }}", true],
  ['{{ parameters.path or "none" }}', 'none'],
  ["{{ 'https://{}/{x}/{0}'.format(config.name, x=config.a) }}", 'https://Ada/1/Ada'],
  ['{%- set id = config.a + 1 -%} /x/{{ id }}/{% set id = id + 1 %}{{ id }}', '/x/2/3'],
  ['a {%- if config.a %} b {%- endif -%} c', 'a bc'],
  ['{{ \'{"a": {"b": 1}}\' }}', '{"a": {"b": 1}}'],
])('%s is %j', (text, value) => {
  expect(evaluate(text, scope)).toEqual(value);
});

test.each([
  ['{{ config.a | tztime }}', 'the filter "tztime" is not available'],
  ['{{ range(3) }}', 'the function "range" is not available'],
  ['{{ record is divisibleby }}', 'the test "divisibleby" is not available'],
  ['{{ process.env }}', '"process" is not available'],
  ['{{ config.__class__ }}', '"__class__" is not available'],
  ["{{ ''.join }} {{ lambda: 1 }}", '"lambda" is not available'],
  ['{% for x in y %}{% endfor %}', 'the statement {% for x in y %}'],
  ['{% if config.a %}never ended', 'has no {% endif %}'],
  ['{{ (1 }}', 'is missing before'],
  ['{{ 1 2 }}', '"2" is not available here'],
  ['{{ config.a ? }}', '"?" is not understood'],
  ['{{ stream_slice.extra_fields }}', '"extra_fields" is available by its members only'],
  ["{{ config.list | selectattr('a', 'divisibleby', 2) }}", 'the test "divisibleby" is not available'],
  ['{{ config.list | map(config.a) }}', 'must be a text'],
  ["{{ '{} {}'.format(1) }}", '{} of a text has no value'],
  ['{% set a %}', 'the statement {% set a %} is not available'],
  ["{{ stream_slice.parent_slice['team'] }}", 'has the name of a field'],
  [`{{ ${'('.repeat(100_000)} }}`, 'it is nested too deeply'],
])('%s is refused: %s', (text, reason) => {
  expect(convert(text, new Set(['team'])).reasons.join()).toContain(reason);
});

test('whatever stands in braces is translated or refused with a reason', () => {
  const word = fc.constantFrom(
    ...'config . [ ] ( ) | ~ "a" 1 if else is not in and , { } : default none + %'.split(' '),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const text = `{{ ${words.join(' ')} }}`;
      const { made, reasons } = convert(text);
      const isRunnable = reasons.length > 0 || compileTemplates(made, { world, label: 'test' }) !== undefined;
      expect(isRunnable).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
