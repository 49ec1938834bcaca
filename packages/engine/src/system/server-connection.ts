import type { Clock } from '@meltano/foundation/clock';
import { isAppError } from '@meltano/foundation/errors';
import { type Log, silentLog } from '@meltano/foundation/log';
import { systemError } from './errors.ts';
import type { SqlConnection, SqlDialectName, SqlRow, SqlSession, SqlValue } from './sql-connection.ts';
import { systemClock } from './system-clock.ts';

/** How to reach one database on a server. Errors of the driver are judged here and nowhere else. */
export interface SqlDriver {
  readonly dialect: SqlDialectName;
  connect(): Promise<SqlLink>;
  /** True when trying again cannot help: a wrong password, a database that does not exist. */
  isFinal(error: unknown): boolean;
  /** True when the connection is gone, and with it what was not committed. */
  isLost(error: unknown): boolean;
  /** The error for a connection that was not made. */
  cannotConnect(error: unknown): Error;
  /** The error for a statement that was refused. */
  queryFailed(error: unknown): Error;
}

/** One connection to a server; rejects with the driver's own errors. */
export interface SqlLink {
  execute(sql: string, parameters: readonly SqlValue[]): Promise<SqlAnswer>;
  /** The same for an INSERT that gives the number of its row. */
  insert(sql: string, parameters: readonly SqlValue[]): Promise<number>;
  /** Begins a transaction and takes the right to write, which all processes of this program ask for. */
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  isOpen(): boolean;
  /** Whether the process stays alive for this connection. */
  keepAlive(yes: boolean): void;
  close(): Promise<void>;
}

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  readonly changed: number;
}

export interface ConnectionRetries {
  /** Attempts after the first. Meltano's setting `database_max_retries`. */
  readonly max: number;
  /** Between attempts. Meltano's setting `database_retry_timeout`. */
  readonly seconds: number;
}

export interface ServerConnectionOptions {
  readonly retries?: ConnectionRetries;
  /** Where failed attempts are told. */
  readonly log?: Log;
  readonly clock?: Clock;
  /** How long to wait for another writer; default 30 s. MySQL counts in whole seconds. */
  readonly waitMs?: number;
}

/** The default of `waitMs`. */
export const defaultWaitMs = 30_000;

interface Connecting {
  readonly retries: ConnectionRetries;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Opens a database on a server. One connection, used by one caller at a time: everything goes through a queue.
 *
 * A connection is open, or lost. A lost one is made anew when the next statement comes, with the same patience
 * as the first; what was under way is done again, unless it may have taken effect already. While nothing is
 * under way the connection does not keep the process alive.
 */
export async function openServerConnection(
  driver: SqlDriver,
  options: ServerConnectionOptions = {},
): Promise<SqlConnection> {
  const { retries = { max: 3, seconds: 5 }, log = silentLog, clock = systemClock } = options;
  const connecting: Connecting = { retries, log, clock };
  let link = await connect(driver, connecting);
  link.keepAlive(false);

  const openLink = async () => {
    if (!link.isOpen()) link = await connect(driver, connecting);
    link.keepAlive(true);
    return link;
  };
  const attempt = async <T>(work: (open: SqlLink) => Promise<T>, mayRepeat = true): Promise<T> => {
    for (let isFirst = true; ; isFirst = false) {
      const open = await openLink();
      try {
        return await work(open);
      } catch (error) {
        const isLost = !open.isOpen() || driver.isLost(causeOf(error));
        if (isLost) await open.close();
        if (!isLost || !isFirst || !mayRepeat || isUnclear(error)) throw error;
      } finally {
        open.keepAlive(false);
      }
    }
  };
  const inTurn = createTurns();
  return {
    dialect: driver.dialect,
    all: (sql, parameters) => inTurn(() => attempt((open) => sessionOf(driver, open).all(sql, parameters))),
    run: (sql, parameters) => inTurn(() => attempt((open) => sessionOf(driver, open).run(sql, parameters))),
    insert: (sql, parameters) =>
      inTurn(() => attempt((open) => sessionOf(driver, open).insert(sql, parameters), false)),
    transaction: (work) => inTurn(() => attempt((open) => inTransaction(driver, open, work))),
    close: () =>
      inTurn(() => {
        if (link.isOpen()) link.keepAlive(true);
        return link.close();
      }),
  };
}

async function connect(driver: SqlDriver, { retries, log, clock }: Connecting): Promise<SqlLink> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await driver.connect();
    } catch (error) {
      if (error instanceof TypeError || driver.isFinal(error)) throw driver.cannotConnect(error);
      if (!(attempt < retries.max)) {
        log.log(
          'error',
          `Could not connect to the database after ${attempt} attempts. Max retries exceeded.`,
        );
        throw driver.cannotConnect(error);
      }
      const which = `Attempt ${attempt + 1}/${retries.max}`;
      log.log('info', `DB connection failed. Will retry after ${retries.seconds}s. ${which}`);
    }
    await clock.sleep(retries.seconds * 1000);
  }
}

function sessionOf(driver: SqlDriver, link: SqlLink): SqlSession {
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw driver.queryFailed(error);
    }
  };
  return {
    dialect: driver.dialect,
    all: async (sql, parameters = []) => (await asked(link.execute(sql, parameters))).rows,
    run: async (sql, parameters = []) => (await asked(link.execute(sql, parameters))).changed,
    insert: (sql, parameters = []) => asked(link.insert(sql, parameters)),
  };
}

async function inTransaction<T>(
  driver: SqlDriver,
  link: SqlLink,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    await link.begin().catch((error: unknown) => Promise.reject(driver.queryFailed(error)));
    result = await work(sessionOf(driver, link));
  } catch (error) {
    if (link.isOpen()) await link.rollback().catch(() => link.close());
    throw error;
  }
  try {
    await link.commit();
  } catch (error) {
    throw link.isOpen() && !driver.isLost(error) ? driver.queryFailed(error) : commitUnclear(error);
  }
  return result;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** A commit without an answer may hold or not, so nothing is done again. */
function commitUnclear(cause: unknown) {
  return systemError('commit_unclear', {
    message: 'The connection to the system database was lost while a change was being committed',
    hint: 'Run again: what was stored is whole, in its old or its new form',
    cause,
  });
}

function isUnclear(error: unknown): boolean {
  return isAppError(error) && error.code === 'system.commit_unclear';
}

/** Each piece of work begins when the one before has ended. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work);
    tail = result.catch(() => {});
    return result;
  };
}
