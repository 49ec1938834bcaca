import { describe, expect, it } from 'vitest';
import { parseDatabaseUri } from './database-uri.ts';

describe('parseDatabaseUri', () => {
  it.each([
    ['sqlite:////abs/my%20dir/meltano.db', '/abs/my%20dir/meltano.db'],
    ['sqlite:///.meltano/meltano.db', '/project/.meltano/meltano.db'],
    ['sqlite+pysqlite:///x.db?timeout=5', '/project/x.db'],
    ['sqlite://', undefined],
    ['sqlite:///:memory:', undefined],
  ])('%s', (uri, file) => {
    expect(parseDatabaseUri(uri, '/project')).toEqual({ kind: 'sqlite', file });
  });

  it.each([
    ['postgresql://me:s3cr3t@host/db', 'system.unsupported_database'],
    ['mysql+pymysql://me:s3cr3t@host/db', 'system.unsupported_database'],
    ['meltano.db', 'system.invalid_uri'],
    ['sqlite://host/x.db', 'system.invalid_uri'],
  ])('%s is an error that shows no password', (uri, code) => {
    const error = expect.objectContaining({ code, message: expect.not.stringContaining('s3cr3t') });
    expect(() => parseDatabaseUri(uri, '/project')).toThrow(error);
  });
});
