import { describe, expect, it } from 'vitest';
import { parseDatabaseUri } from './database-uri.ts';
import { renderServerAddress } from './server-address.ts';

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
    [
      'postgresql+psycopg2://me:s%40c/r%2Ft@db.example.com:6432/my_db?sslmode=require&options=-csearch_path%3Dmeltano',
      {
        kind: 'postgresql',
        host: 'db.example.com',
        port: 6432,
        user: 'me',
        password: 's@c/r/t',
        database: 'my_db',
        parameters: new Map([
          ['sslmode', 'require'],
          ['options', '-csearch_path=meltano'],
        ]),
      },
    ],
    ['postgresql+psycopg://me@[::1]/db', { host: '::1', user: 'me', password: undefined, port: undefined }],
    [
      'postgresql:///db?host=/var/run/postgresql',
      { host: '/var/run/postgresql', user: undefined, database: 'db' },
    ],
    ['mysql://root@127.0.0.1:3306/test', { kind: 'mysql', host: '127.0.0.1', port: 3306, user: 'root' }],
    ['mysql+pymysql://a:b:c@h/d?charset=utf8mb4', { kind: 'mysql', user: 'a', password: 'b:c', host: 'h' }],
    ['mysql+mysqldb://a:100%@h/d', { kind: 'mysql', password: '100%' }],
    ['mariadb://h', { kind: 'mysql', host: 'h', database: undefined }],
  ])('%s', (uri, address) => {
    expect(parseDatabaseUri(uri, '/project')).toMatchObject(address);
  });

  it.each([
    ['mssql+pymssql://me:s3cr3t@host/db', 'system.unsupported_database'],
    ['postgresql://me:s3cr3t@host:port/db', 'system.invalid_uri'],
    ['postgresql://me:s3cr3t@one,two/db', 'system.invalid_uri'],
    ['meltano.db', 'system.invalid_uri'],
    ['me:s3cr3t@host', 'system.invalid_uri'],
    ['sqlite://me:s3cr3t@host/x.db', 'system.invalid_uri'],
  ])('%s is an error that shows no password', (uri, code) => {
    const error = expect.objectContaining({ code, message: expect.not.stringContaining('s3cr3t') });
    expect(() => parseDatabaseUri(uri, '/project')).toThrow(error);
  });

  it('nothing at all is told apart from an address without a scheme', () => {
    expect(() => parseDatabaseUri(' ', '/project')).toThrow(
      expect.objectContaining({ code: 'system.invalid_uri', message: expect.stringContaining('empty') }),
    );
  });

  it('is shown without its password and without what follows the database', () => {
    const address = parseDatabaseUri('postgresql://me:s3cr3t@[::1]:5432/db?password=s3cr3t', '/');
    expect(address.kind === 'sqlite' ? '' : renderServerAddress(address)).toBe(
      'postgresql://me@[::1]:5432/db',
    );
  });
});
