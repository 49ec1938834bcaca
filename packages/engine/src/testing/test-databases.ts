import { randomBytes } from 'node:crypto';
import { parseDatabaseUri } from '../system/database-uri.ts';
import { openMysql } from '../system/mysql-connection.ts';
import { openPostgresql } from '../system/postgresql-connection.ts';
import type { SqlConnection } from '../system/sql-connection.ts';
import { openSqlite } from '../system/sqlite-connection.ts';

/** A fresh, empty database on a server, and a connection to look at it from outside. */
export interface TestDatabase {
  readonly uri: string;
  /** What a server calls it. */
  readonly name: string;
  open(): Promise<SqlConnection>;
  remove(): Promise<void>;
}

/**
 * The address of a MySQL or MariaDB server whose user may create databases, from `TEST_MYSQL_URL`, e.g.
 * `mysql://root@127.0.0.1:3306/test`; undefined, with a loud line, when there is none.
 */
export function mysqlServer(what: string): string | undefined {
  const server = process.env['TEST_MYSQL_URL'];
  if (!server)
    process.stderr.write(`SKIPPED ${what} on MySQL: TEST_MYSQL_URL names no server to create databases on\n`);
  return server || undefined;
}

/** `server` is the address of any database on the server. */
export async function createTestDatabase(server: string): Promise<TestDatabase> {
  const name = `meltano_test_${randomBytes(6).toString('hex')}`;
  const uri = new URL(server);
  uri.pathname = `/${name}`;
  const databases: SqlConnection[] = [];
  await once(server, `CREATE DATABASE ${name}`);
  return {
    uri: uri.href,
    name,
    async open() {
      const connection = await openAddress(uri.href);
      databases.push(connection);
      return connection;
    },
    async remove() {
      for (const connection of databases) await connection.close();
      await once(
        server,
        server.startsWith('postgres') ? `DROP DATABASE ${name} WITH (FORCE)` : `DROP DATABASE ${name}`,
      );
    },
  };
}

async function once(server: string, sql: string): Promise<void> {
  const connection = await openAddress(server);
  await connection.run(sql);
  await connection.close();
}

/** A connection beside the program's own; nothing is created or migrated. */
export async function openAddress(uri: string): Promise<SqlConnection> {
  const address = parseDatabaseUri(uri, '/');
  if (address.kind === 'sqlite') return openSqlite({ file: address.file });
  return address.kind === 'mysql' ? openMysql(address) : openPostgresql(address);
}
