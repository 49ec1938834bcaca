import { expect, it } from 'vitest';
import { createRedactor, hidePasswordsInAddresses, redacted } from './redact.ts';

it('hides a secret in every spelling it may leave in (Invariant 5)', () => {
  const secret = 'p"ss w/ord\n';
  const redactor = createRedactor([secret]);
  for (const text of [secret, JSON.stringify(secret), encodeURIComponent(secret)]) {
    expect(redactor.apply(`before ${text} after`)).toContain(redacted);
    expect(redactor.apply(text)).not.toContain('ord');
  }
});

it('hides the longer of two overlapping secrets whole', () => {
  expect(createRedactor(['abcd', 'abcdef']).apply('x abcdef y')).toBe(`x ${redacted} y`);
});

it('learns secrets later, and leaves very short ones alone', () => {
  const redactor = createRedactor();
  redactor.add('late-secret', 'no');
  expect(redactor.apply('no late-secret')).toBe(`no ${redacted}`);
});

it('survives a secret that is no valid Unicode', () => {
  expect(createRedactor(['abcd\ud800']).apply('abcd\ud800')).toBe(redacted);
});

it('hides passwords in addresses', () => {
  expect(hidePasswordsInAddresses('at postgresql://me:s3cret@host:5432/db?x=1 and s3://key:other@b')).toBe(
    `at postgresql://me:${redacted}@host:5432/db?x=1 and s3://key:${redacted}@b`,
  );
  expect(hidePasswordsInAddresses('http://host:80/a@b')).toBe('http://host:80/a@b');
  expect(hidePasswordsInAddresses('mysql://me:a/b:c@host/db')).toBe(`mysql://me:${redacted}@host/db`);
});
