import { expect, it } from 'vitest';
import { looksLikeSecret } from './secrets.ts';
import { parseSettingDefinition } from './setting-definition.ts';

it.each([
  'password',
  'db_password',
  'auth.client_secret',
  'accessToken',
  'api_key',
  'apikey',
  's3.secret-key',
  'credentials',
])('%s looks like a secret', (name) => {
  expect(looksLikeSecret(name, 'abc', undefined)).toBe(true);
  expect(looksLikeSecret(name, 'abc', parseSettingDefinition({ name }))).toBe(true);
});

it.each(['user', 'token_url', 'primary_key', 'monkey', 'passenger', 'secretary', 'key'])(
  '%s does not',
  (name) => {
    expect(looksLikeSecret(name, 'abc', undefined)).toBe(false);
  },
);

it.each(['$TAP_TOKEN', '${A}:${B}', '${file:/run/secrets/token}', '', true, 5, null])(
  'the value %j gives nothing away',
  (value) => {
    expect(looksLikeSecret('token', value, undefined)).toBe(false);
  },
);

it('a reference beside a text that is the secret does', () => {
  expect(looksLikeSecret('password', 'hunter2$SUFFIX', undefined)).toBe(true);
});

it.each([true, false])('a definition that says sensitive: %s has decided', (sensitive) => {
  const definition = parseSettingDefinition({ name: 'token', sensitive });
  expect(looksLikeSecret('token', 'abc', definition)).toBe(false);
});
