import type { Socket } from 'node:net';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Connection, ConnectionOptions, ResultSetHeader } from 'mysql2/promise';
import {
  type ConnectProblem,
  cannotConnect,
  codeOf,
  isFinalProblem,
  networkProblem,
} from './connect-problem.ts';
import { systemError } from './errors.ts';
import { readCertificate } from './read-certificate.ts';
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

/** Opens a database of MySQL or MariaDB. The driver is loaded by the first who asks for one. */
export async function openMysql(
  address: ServerAddress,
  options: ServerConnectionOptions = {},
): Promise<SqlConnection> {
  if (address.database === undefined) throw noDatabase();
  // By its default, which is all that a bundle shows of a module of the older kind.
  const { default: mysql } = await import('mysql2/promise');
  const connect = () => mysql.createConnection(clientConfig(address));
  const waitSeconds = Math.ceil((options.waitMs ?? defaultWaitMs) / 1000);
  return openServerConnection(mysqlDriver(address, connect, waitSeconds), options);
}

function noDatabase() {
  return systemError('invalid_uri', {
    message: 'The database address in database_uri names no database',
    hint: 'Write it at the end: mysql://user:password@host:port/database',
  });
}

function mysqlDriver(
  address: ServerAddress,
  connect: () => Promise<Connection>,
  waitSeconds: number,
): SqlDriver {
  const label = renderServerAddress(address);
  return {
    dialect: 'mysql',
    connect: async () => createLink(await prepareSession(await connect(), waitSeconds), waitSeconds),
    isFinal: (error) => isAppError(error) || isFinalProblem(problemOf(error)),
    isLost,
    cannotConnect: (error) => cannotConnect(address, problemOf(error), error),
    queryFailed: (error) => queryFailed(error, label, waitSeconds),
  };
}

function clientConfig({
  host,
  port,
  user,
  password,
  database,
  parameters,
}: ServerAddress): ConnectionOptions {
  const socket = parameters.get('unix_socket') ?? (host?.startsWith('/') ? host : undefined);
  const tls = tlsOptions(parameters);
  return {
    ...(socket === undefined ? { host: host ?? 'localhost' } : { socketPath: socket }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(tls === undefined ? {} : { ssl: tls }),
    charset: 'utf8mb4_bin',
    connectTimeout: Number(parameters.get('connect_timeout') || defaultConnectSeconds) * 1000,
    dateStrings: true,
    supportBigNumbers: true,
    // The other way makes code from text for each shape of row, for a speed that is not needed here.
    disableEval: true,
    enableKeepAlive: true,
  };
}

/** The names that SQLAlchemy hands to PyMySQL and mysqlclient. Without any of them there is no encryption. */
function tlsOptions(parameters: ReadonlyMap<string, string>): ConnectionOptions['ssl'] {
  const [ca, cert, key] = ['ssl_ca', 'ssl_cert', 'ssl_key'].map((name) => {
    const file = parameters.get(name);
    return file === undefined ? undefined : readCertificate(file);
  });
  const mode = parameters.get('ssl_mode')?.toUpperCase();
  const isTrue = (name: string) => /^(1|true|yes)$/i.test(parameters.get(name) ?? '');
  const checksName =
    isTrue('ssl_check_hostname') || isTrue('ssl_verify_identity') || mode === 'VERIFY_IDENTITY';
  const wanted =
    ca !== undefined || cert !== undefined || checksName || isTrue('ssl') || isTrue('ssl_verify_cert');
  const isAsked = wanted || (mode !== undefined && mode !== 'DISABLED');
  if (!isAsked || mode === 'DISABLED' || isTrue('ssl_disabled')) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: ca !== undefined || checksName || isTrue('ssl_verify_cert') || mode === 'VERIFY_CA',
    verifyIdentity: checksName,
  };
}

async function prepareSession(connection: Connection, waitSeconds: number): Promise<Connection> {
  // Without a listener the loss of an idle connection would end the process.
  connection.on('error', () => {});
  try {
    // Names in quotes as everywhere else; text that does not fit is an error and not cut off.
    await connection.query(
      `SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'`,
    );
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await connection.query(`SET SESSION innodb_lock_wait_timeout = ${Math.max(1, waitSeconds)}`);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** One lock for each database of a server; MySQL holds it for the connection, and gives it up when that ends. */
const lockName = `CONCAT('meltano_ts_', MD5(DATABASE()))`;

function createLink(connection: Connection, waitSeconds: number): SqlLink {
  let isOpen = true;
  const markClosed = () => {
    isOpen = false;
  };
  connection.on('error', markClosed);
  connection.on('end', markClosed);
  // The socket below, which its types do not show.
  const { stream } = (connection as unknown as { readonly connection: { readonly stream: Socket } })
    .connection;
  stream.on('close', markClosed);
  const query = async (sql: string, parameters: readonly SqlValue[]): Promise<unknown> => {
    const values = parameters.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
    const [answer] = await connection.query(sql, values);
    return answer;
  };
  return {
    async execute(sql, parameters): Promise<SqlAnswer> {
      const answer = await query(sql, parameters);
      return Array.isArray(answer)
        ? { rows: answer as SqlRow[], changed: answer.length }
        : { rows: [], changed: (answer as ResultSetHeader).affectedRows };
    },
    insert: async (sql, parameters) => ((await query(sql, parameters)) as ResultSetHeader).insertId,
    async begin() {
      const [row] = (await query(`SELECT GET_LOCK(${lockName}, ${waitSeconds}) AS got`, [])) as SqlRow[];
      if (Number(row?.['got'] ?? 0) !== 1)
        throw Object.assign(new Error('GET_LOCK timed out'), { code: lockTimeout });
      await connection.query('START TRANSACTION');
    },
    async commit() {
      await connection.query('COMMIT');
      // Without an answer the connection is gone, and the lock with it.
      await connection.query(`SELECT RELEASE_LOCK(${lockName})`).catch(() => connection.destroy());
    },
    async rollback() {
      await connection.query('ROLLBACK');
      await connection.query(`SELECT RELEASE_LOCK(${lockName})`);
    },
    isOpen: () => isOpen,
    keepAlive: (yes) => (yes ? stream.ref() : stream.unref()),
    async close() {
      if (!isOpen) return connection.destroy();
      isOpen = false;
      await connection.end().catch(() => connection.destroy());
    },
  };
}

const lockTimeout = 'ER_LOCK_WAIT_TIMEOUT';

function problemOf(error: unknown): ConnectProblem {
  switch (codeOf(error)) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_NOT_SUPPORTED_AUTH_MODE':
      return 'login';
    case 'ER_BAD_DB_ERROR':
      return 'database';
    default:
      return networkProblem(error);
  }
}

const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_PACKETS_OUT_OF_ORDER',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
]);

function isLost(error: unknown): boolean {
  if (lostCodes.has(codeOf(error) ?? '')) return true;
  return /connection is in closed state|server has gone away/i.test(errorMessage(error));
}

function queryFailed(cause: unknown, label: string, waitSeconds: number): Error {
  if (isAppError(cause)) return cause;
  const code = codeOf(cause);
  if (code === lockTimeout) return serverBusy(label, waitSeconds, cause);
  return isLost(cause) ? connectionLost(label, cause) : statementRefused(label, hintFor(code), cause);
}

function hintFor(code: string | undefined): string {
  switch (code) {
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return 'Give the user of database_uri all rights on its database: GRANT ALL ON <database>.* TO <user>';
    case 'ER_NET_PACKET_TOO_LARGE':
      return 'Raise max_allowed_packet of the server';
    case 'ER_RECORD_FILE_FULL':
    case 'ER_DISK_FULL':
      return 'Free some space on the disk of the server, then run again';
    default:
      return 'Check that the database is a system database of Meltano';
  }
}
