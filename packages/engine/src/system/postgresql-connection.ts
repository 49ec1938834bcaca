import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Client, DatabaseError } from 'pg';
import {
  type ConnectProblem,
  cannotConnect,
  codeOf,
  isFinalProblem,
  networkProblem,
} from './connect-problem.ts';
import { postgresqlTlsAttempts, type TlsAttempt } from './postgresql-tls.ts';
import { renderServerAddress, type ServerAddress } from './server-address.ts';
import {
  defaultWaitMs,
  openServerConnection,
  type ServerConnectionOptions,
  type SqlAnswer,
  type SqlDriver,
  type SqlLink,
} from './server-connection.ts';
import { connectionLost, serverBusy, statementRefused } from './server-errors.ts';
import type { SqlConnection, SqlRow, SqlValue } from './sql-connection.ts';

const defaultConnectSeconds = 30;
/** Any number will do that no other program asks for; the second key of the lock is the schema. */
const lockClass = 1_296_388_180;

/** Opens a PostgreSQL database. The driver is loaded by the first who asks for one. */
export async function openPostgresql(
  address: ServerAddress,
  options: ServerConnectionOptions = {},
): Promise<SqlConnection> {
  const { Client: PostgresqlClient } = await import('pg');
  const { waitMs = defaultWaitMs } = options;
  const connect = (tls: TlsAttempt) =>
    connectClient(
      new PostgresqlClient({ ...clientConfig(address), ssl: tls, types: { getTypeParser } }),
      waitMs,
    );
  return openServerConnection(postgresqlDriver(address, connect, waitMs), options);
}

function postgresqlDriver(
  address: ServerAddress,
  connect: (tls: TlsAttempt) => Promise<Client>,
  waitMs: number,
): SqlDriver {
  const label = renderServerAddress(address);
  return {
    dialect: 'postgresql',
    async connect() {
      const client = await firstThatWorks(postgresqlTlsAttempts(address, process.env), connect);
      return createLink(client);
    },
    isFinal: (error) => isAppError(error) || isFinalProblem(problemOf(error)),
    isLost,
    cannotConnect: (error) => cannotConnect(address, problemOf(error), error),
    queryFailed: (error) => queryFailed(error, label, waitMs),
  };
}

function clientConfig({ host, port, user, password, database, parameters }: ServerAddress) {
  const seconds = Number(parameters.get('connect_timeout') || defaultConnectSeconds);
  const options = parameters.get('options');
  return {
    host: host ?? process.env['PGHOST'] ?? localSocket() ?? 'localhost',
    ...(port === undefined ? {} : { port }),
    user: user ?? process.env['PGUSER'] ?? userInfo().username,
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(options === undefined ? {} : { options }),
    application_name: parameters.get('application_name') ?? 'meltano',
    connectionTimeoutMillis: seconds * 1000,
    keepAlive: true,
  };
}

/** Where libpq of most distributions looks when no host is given. */
function localSocket(): string | undefined {
  return ['/var/run/postgresql', '/run/postgresql', '/tmp'].find((folder) =>
    existsSync(`${folder}/.s.PGSQL.${process.env['PGPORT'] ?? '5432'}`),
  );
}

async function firstThatWorks(
  attempts: readonly TlsAttempt[],
  connect: (tls: TlsAttempt) => Promise<Client>,
): Promise<Client> {
  const [first = false, ...others] = attempts;
  try {
    return await connect(first);
  } catch (error) {
    if (others.length === 0 || !mayDependOnTls(error)) throw error;
    return firstThatWorks(others, connect);
  }
}

/** No encryption on this server, none that both know, or a rule of the server that wants the other way. */
function mayDependOnTls(error: unknown): boolean {
  return codeOf(error) === '28000' || ['encryption', 'other'].includes(problemOf(error));
}

async function connectClient(client: Client, waitMs: number): Promise<Client> {
  // Without a listener the loss of an idle connection would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(
      `SET datestyle = 'ISO'; SET bytea_output = 'hex'; SET lock_timeout = ${Math.max(1, waitMs)}; SET standard_conforming_strings = on`,
    );
    return client;
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
}

function createLink(client: Client): SqlLink {
  let isOpen = true;
  // Two methods that its types leave out.
  const holding = client as unknown as { ref(): void; unref(): void };
  client.once('error', () => {
    isOpen = false;
  });
  client.once('end', () => {
    isOpen = false;
  });
  const execute = async (sql: string, parameters: readonly SqlValue[]): Promise<SqlAnswer> => {
    const values = parameters.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
    const { rows, rowCount } = await client.query<SqlRow>(numbered(sql), values);
    return { rows, changed: rowCount ?? 0 };
  };
  return {
    execute,
    async insert(sql, parameters) {
      const { rows } = await execute(`${sql} RETURNING id`, parameters);
      return Number(rows[0]?.['id'] ?? 0);
    },
    async begin() {
      // Whatever the server's default: each statement sees what was committed before the lock was given.
      await client.query(
        `BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(${lockClass}, hashtext(coalesce(current_schema(), '')))`,
      );
    },
    commit: async () => {
      await client.query('COMMIT');
    },
    rollback: async () => {
      await client.query('ROLLBACK');
    },
    isOpen: () => isOpen,
    keepAlive: (yes) => (yes ? holding.ref() : holding.unref()),
    async close() {
      isOpen = false;
      await client.end().catch(() => {});
    },
  };
}

const numberedStatements = new Map<string, string>();

/** `?` becomes `$1`, `$2`, …: no statement of this program has a question mark that means something else. */
function numbered(sql: string): string {
  let text = numberedStatements.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replace(/\?/g, () => `$${(count += 1)}`);
    numberedStatements.set(sql, text);
  }
  return text;
}

const parsers: Readonly<Record<number, (text: string) => SqlValue>> = {
  16: (text) => (text === 't' ? 1 : 0),
  17: (text) => Buffer.from(text.slice(2), 'hex'),
  20: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)),
  21: Number,
  23: Number,
  // Six digits, as everywhere else; PostgreSQL leaves out zeros at the end.
  1114: (text) => {
    const [whole = text, fraction = ''] = text.split('.');
    return `${whole}.${fraction.padEnd(6, '0')}`;
  },
  2950: (text) => text.replaceAll('-', ''),
};

function getTypeParser(type: number): (text: string) => SqlValue {
  return parsers[type] ?? String;
}

function problemOf(error: unknown): ConnectProblem {
  switch (codeOf(error)) {
    case '28P01':
      return 'login';
    case '28000':
      return /pg_hba/.test(errorMessage(error)) ? 'other' : 'login';
    case '3D000':
      return 'database';
    default:
      return problemByMessage(errorMessage(error)) ?? networkProblem(error);
  }
}

/** What the driver itself says, without a code. */
function problemByMessage(message: string): ConnectProblem | undefined {
  if (/timeout expired/i.test(message)) return 'timeout';
  if (/does not support SSL/i.test(message)) return 'encryption';
  return /password must be a string|no password/i.test(message) ? 'login' : undefined;
}

/** Classes and codes of PostgreSQL, then of the operating system, then what the driver itself says. */
function isLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return /^(08...|57P0[1-5]|ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED)$/.test(code);
  return /connection terminated|not queryable|client was closed/i.test(errorMessage(error));
}

const lockNotAvailable = '55P03';
const invalidSchemaName = '3F000';
const insufficientPrivilege = '42501';
const diskFull = '53100';

function queryFailed(cause: unknown, label: string, waitMs: number): Error {
  if (isAppError(cause)) return cause;
  const code = codeOf(cause);
  if (code === lockNotAvailable) return serverBusy(label, waitMs / 1000, cause);
  return isLost(cause) ? connectionLost(label, cause) : statementRefused(label, hintFor(code, cause), cause);
}

function hintFor(code: string | undefined, error: unknown): string {
  if (code === invalidSchemaName) return 'Create the schema that search_path in database_uri names';
  if (code === insufficientPrivilege)
    return 'Give the user of database_uri the right to create tables: GRANT ALL ON SCHEMA public TO <user>';
  if (code === diskFull) return 'Free some space on the disk of the server, then run again';
  const { table } = error as Partial<DatabaseError>;
  return `Check that ${table === undefined ? 'the database' : `the table ${table}`} is a system database of Meltano`;
}
