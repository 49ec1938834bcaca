import { expect, test } from 'vitest';
import { askedWait, isExhausted, ruleFor } from './error-policy.ts';

const now = Date.UTC(2024, 0, 1);

test.each<[string, Record<string, string>, number | undefined]>([
  ['what a server says outright', { 'retry-after': '7', 'x-ratelimit-remaining': '0' }, 7_000],
  ['seconds', { 'ratelimit-remaining': '0', 'ratelimit-reset': '5' }, 5_000],
  ['a moment', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1_000 + 9) }, 9_000],
  ['the spelling with a dash', { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '11' }, 11_000],
  [
    'the one of two limits that is used up',
    {
      'x-ratelimit-requests-remaining': '12',
      'x-ratelimit-requests-reset': String(now + 1_000),
      'x-ratelimit-complexity-remaining': '0',
      'x-ratelimit-complexity-reset': String(now + 4_000),
    },
    4_000,
  ],
  [
    'the later of two that are',
    {
      'ratelimit-remaining': '0',
      'ratelimit-reset': '3',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '6',
    },
    6_000,
  ],
  [
    'nothing while something is left',
    { 'x-rate-limit-remaining': '1', 'x-rate-limit-reset': '6' },
    undefined,
  ],
  ['nothing without a reset', { 'x-rate-limit-remaining': '0' }, undefined],
])('a wait is %s', (_, headers, wait) => {
  expect(askedWait(new Headers(headers), now)).toBe(wait);
});

test('a limit of which nothing is left is used up, whatever it is called', () => {
  const names = [
    'ratelimit',
    'x-ratelimit',
    'x-rate-limit',
    'x-ratelimit-requests',
    'x-ratelimit-complexity',
  ];
  for (const name of names) {
    expect(isExhausted(new Headers({ [`${name}-remaining`]: '0' }))).toBe(true);
    for (const left of ['1', '', 'many'])
      expect(isExhausted(new Headers({ [`${name}-remaining`]: left }))).toBe(false);
  }
});

test('a status that HTTP does not have is no success', () => {
  const response = { headers: new Headers(), url: 'https://api.example', text: '[]', body: [] };
  for (const status of [600, 999]) expect(ruleFor({ ...response, status }, [])?.action).toBe('fail');
  expect(ruleFor({ ...response, status: 299 }, [])).toBeUndefined();
});
