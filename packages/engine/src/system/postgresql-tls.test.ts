import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { postgresqlTlsAttempts } from './postgresql-tls.ts';

function attempts(query: string, env: Record<string, string> = {}, host = 'db') {
  const parameters = new Map(new URLSearchParams(query));
  return postgresqlTlsAttempts({ host, parameters }, env).map((attempt) =>
    attempt === false ? 'plain' : attempt.rejectUnauthorized === true ? 'verified' : 'encrypted',
  );
}

it.each([
  ['', ['encrypted', 'plain']],
  ['sslmode=disable', ['plain']],
  ['sslmode=allow', ['plain', 'encrypted']],
  ['sslmode=prefer', ['encrypted', 'plain']],
  ['sslmode=require', ['encrypted']],
  ['sslmode=verify-ca', ['verified']],
  ['sslmode=verify-full', ['verified']],
])('%s', (query, expected) => {
  expect(attempts(query)).toEqual(expected);
});

it('of a socket are never encrypted; the environment has a say where the address has none', () => {
  expect(attempts('sslmode=require', {}, '/var/run/postgresql')).toEqual(['plain']);
  expect(attempts('', { PGSSLMODE: 'require' })).toEqual(['encrypted']);
  expect(attempts('sslmode=disable', { PGSSLMODE: 'require' })).toEqual(['plain']);
});

it('an authority that is given is asked, by verify-ca whatever the name of the host', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-tls-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'ca.crt');
  await writeFile(file, 'authority');
  const [attempt] = postgresqlTlsAttempts(
    { host: 'db', parameters: new Map(Object.entries({ sslmode: 'verify-ca', sslrootcert: file })) },
    {},
  );
  expect(attempt).toMatchObject({ ca: Buffer.from('authority'), rejectUnauthorized: true });
  expect(attempt !== false && attempt?.checkServerIdentity?.('other', {} as never)).toBeUndefined();
  expect(attempts(`sslmode=require&sslrootcert=${file}`)).toEqual(['verified']);
  expect(() => attempts('sslmode=verify-full&sslrootcert=/not/there')).toThrow(
    expect.objectContaining({
      code: 'system.cannot_connect',
      message: expect.stringContaining('/not/there'),
    }),
  );
  expect(() => attempts('sslmode=sometimes')).toThrow(
    expect.objectContaining({ code: 'system.invalid_uri' }),
  );
});
