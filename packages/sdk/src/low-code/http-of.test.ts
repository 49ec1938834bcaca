import { expect, test } from 'vitest';
import type { HttpResponse } from '../http/http-message.ts';
import { createTestClock } from '../testing/test-clock.ts';
import type { Compiling } from './compiling.ts';
import { errorRuleOf } from './http-of.ts';

const compiling: Compiling = {
  world: { clock: createTestClock('2024-03-10T12:00:00Z'), random: () => 0.5 },
  config: {},
  hide: () => {},
  placeOf: (path) => ({ file: 'acme.yaml', line: 3, path }),
};

const answer = (text: string, headers: Record<string, string> = {}): HttpResponse => ({
  status: 429,
  headers: new Headers(headers),
  url: 'https://api.example.com/users',
  text,
  body: undefined,
});

test('a pattern of a rule is looked for in the body, a template beside it must hold, too', () => {
  const rule = errorRuleOf({ body: 'rate (limit|quota)', action: 'retry' }, 'api.on_error[0]', compiling);
  expect(rule.when?.(answer('over the rate quota'))).toBe(true);
  expect(rule.when?.(answer('not found'))).toBe(false);
  const both = errorRuleOf(
    { body: 'rate', when: "{{ headers['x-kind'] == 'user' }}", action: 'retry' },
    'api.on_error[0]',
    compiling,
  );
  expect(both.when?.(answer('rate', { 'x-kind': 'user' }))).toBe(true);
  expect(both.when?.(answer('rate', { 'x-kind': 'app' }))).toBe(false);
});

test('a pattern takes the wait out of a header', () => {
  const rule = errorRuleOf(
    { status: 429, wait_header: 'x-wait', wait_pattern: 'in (\\d+)s', action: 'retry' },
    'api.on_error[0]',
    compiling,
  );
  expect(rule.wait?.(answer('', { 'x-wait': 'again in 7s' }))).toBe(7_000);
  expect(rule.wait?.(answer('', { 'x-wait': 'later' }))).toBeUndefined();
});

test.each(['body', 'wait_pattern'] as const)('a wrong %s is told when the manifest is read', (member) => {
  expect(() => errorRuleOf({ [member]: '(', action: 'retry' }, 'api.on_error[0]', compiling)).toThrow(
    `acme.yaml line 3: api.on_error[0].${member} is no regular expression`,
  );
});
