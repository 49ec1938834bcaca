import fc from 'fast-check';
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

const pythonSpellings = [
  String.raw`pa$$w0rd/with\"quote&\u00fc \ud83d\ude00\\!`,
  'pa$$w0rd/with"quote&ü 😀\\\\!',
  'pa%24%24w0rd%2Fwith%22quote%26%C3%BC+%F0%9F%98%80%5C%21',
  'pa%24%24w0rd/with%22quote%26%C3%BC%20%F0%9F%98%80%5C%21',
  'pa%24%24w0rd%2fwith%22quote%26%c3%bc+%f0%9f%98%80%5c!',
  String.raw`pa$$w0rd\/with\u0022quote\u0026\u00FC \uD83D\uDE00\u005c!`,
  String.raw`pa$$w0rd/with\\\"quote&\\u00fc \\ud83d\\ude00\\\\!`,
];

it.each(pythonSpellings)('hides what Python, Go or a form writes of it: %s', (spelling) => {
  const redactor = createRedactor(['pa$$w0rd/with"quote&ü 😀\\!']);
  expect(redactor.apply(`a ${spelling} b`)).toBe(`a ${redacted} b`);
});

it('hides any text in the spellings of JSON, of addresses and of forms', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 4, maxLength: 30 }), (secret) => {
      const form = new URLSearchParams({ x: secret }).toString().slice(2);
      const json = JSON.stringify(secret).slice(1, -1);
      const nested = JSON.stringify(json).slice(1, -1);
      for (const text of [secret, json, nested, encodeURIComponent(secret), form])
        expect(createRedactor([secret]).apply(`<${text}>`)).toBe(`<${redacted}>`);
    }),
  );
});

it('is quick with a text of many backslashes', () => {
  const secret = String.raw`\"\"\"\"\"\"\"\"x`;
  const text = '\\'.repeat(5000);
  expect(createRedactor([secret]).apply(text)).toBe(text);
});

const key = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0B
AQEFAASCBKcwggSjAgEAAoIBAQC7
kort
-----END PRIVATE KEY-----
`;

it.each([key, key.replaceAll('\n', '\r\n'), key.replaceAll('\n', '\\n')])(
  'hides the lines of a secret one by one, not its frame',
  (secret) => {
    const redactor = createRedactor([secret]);
    expect(redactor.apply(secret)).toBe(redacted);
    expect(key.split('\n').map((line) => redactor.apply(line))).toEqual([
      '-----BEGIN PRIVATE KEY-----',
      redacted,
      redacted,
      'kort',
      '-----END PRIVATE KEY-----',
      '',
    ]);
  },
);

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
