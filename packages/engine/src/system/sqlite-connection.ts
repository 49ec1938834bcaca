import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '@meltano/foundation/clock';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { makeFolder } from '../make-folder.ts';
import { systemError } from './errors.ts';
import type { SqlConnection, SqlRow, SqlSession, SqlValue } from './sql-connection.ts';
import { systemClock } from './system-clock.ts';

export interface SqliteOptions {
  /** Undefined: in memory. Its folder is made when it is missing. */
  readonly file: string | undefined;
  readonly readOnly?: boolean;
  /** `wal` lets readers and a writer work side by side, but not on a network file system. */
  readonly journal?: 'wal' | 'delete';
  /** How long to wait for another writer; default 10 s. */
  readonly waitMs?: number;
  readonly clock?: Clock;
}

/**
 * Opens a SQLite database. One connection, used by one caller at a time: everything goes through a queue.
 *
 * A database that another process is writing to is tried again from the event loop instead of inside
 * SQLite, whose own waiting would hold up everything else in this process.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqlConnection> {
  const { file, readOnly = false, journal = 'wal', waitMs = 10_000, clock = systemClock } = options;
  const database = openDatabase(file, readOnly);
  const session = createSession(database, (work) => whenFree(work, { clock, waitMs, file }));
  if (!readOnly) await setJournal(database, session, journal, file);
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => {});
    return result;
  };
  return {
    dialect: 'sqlite',
    all: (sql, parameters) => inTurn(() => session.all(sql, parameters)),
    run: (sql, parameters) => inTurn(() => session.run(sql, parameters)),
    insert: (sql, parameters) => inTurn(() => session.insert(sql, parameters)),
    transaction: (work) => inTurn(() => inTransaction(database, session, work)),
    close: () => inTurn(async () => database.close()),
  };
}

function openDatabase(file: string | undefined, readOnly: boolean): DatabaseSync {
  try {
    if (file !== undefined && !readOnly) makeFolder(dirname(file));
    return new DatabaseSync(file ?? ':memory:', { readOnly, timeout: 0 });
  } catch (error) {
    throw cannotOpen(error, file);
  }
}

/** The first statement that reads the file: what is no database is found out here. */
async function setJournal(
  database: DatabaseSync,
  session: SqlSession,
  journal: string,
  file: string | undefined,
): Promise<void> {
  try {
    await session.all(`PRAGMA journal_mode=${journal}`);
  } catch (error) {
    database.close();
    throw isAppError(error) && error.code === 'system.busy' ? error : cannotOpen(error, file);
  }
}

function cannotOpen(error: unknown, file: string | undefined) {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return systemError('cannot_open', {
    message: `Cannot open the database ${file ?? 'in memory'}: ${reasonOf(cause, file)}`,
    hint: isDiskFull(cause, file)
      ? freeSpaceHint
      : 'Check that the folder exists and can be written to, and that the file is a SQLite database',
    cause,
  });
}

type WhenFree = <T>(work: () => T) => Promise<T>;

function createSession(database: DatabaseSync, whenDatabaseIsFree: WhenFree): SqlSession {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    dialect: 'sqlite',
    all: (sql, parameters = []) =>
      whenDatabaseIsFree(() => prepare(sql).all(...parameters) as readonly SqlRow[]),
    run: (sql, parameters: readonly SqlValue[] = []) =>
      whenDatabaseIsFree(() => Number(prepare(sql).run(...parameters).changes)),
    insert: (sql, parameters: readonly SqlValue[] = []) =>
      whenDatabaseIsFree(() => Number(prepare(sql).run(...parameters).lastInsertRowid)),
  };
}

async function inTransaction<T>(
  database: DatabaseSync,
  session: SqlSession,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  await session.run('BEGIN IMMEDIATE');
  try {
    const result = await work(session);
    await session.run('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

interface Waiting {
  readonly clock: Clock;
  readonly waitMs: number;
  readonly file: string | undefined;
}

async function whenFree<T>(work: () => T, { clock, waitMs, file }: Waiting): Promise<T> {
  const deadline = clock.now() + waitMs;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw queryFailed(error, file);
      if (clock.now() >= deadline) throw busy(error, file, waitMs);
    }
    await clock.sleep(pause + Math.random() * pause);
  }
}

const sqliteBusy = 5;
const sqliteLocked = 6;

function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && ((code & 0xff) === sqliteBusy || (code & 0xff) === sqliteLocked);
}

function busy(cause: unknown, file: string | undefined, waitMs: number) {
  return systemError('busy', {
    message: `The database ${file ?? 'in memory'} was locked by another process for ${waitMs / 1000} s`,
    hint: 'Wait for the other process to finish, or end it',
    cause,
  });
}

function queryFailed(cause: unknown, file: string | undefined) {
  return systemError('query_failed', {
    message: `The database ${file ?? 'in memory'} refused a statement: ${reasonOf(cause, file)}`,
    hint: isDiskFull(cause, file) ? freeSpaceHint : 'Check that the file is a system database of Meltano',
    cause,
  });
}

const sqliteIoError = 10;
const sqliteFull = 13;
const freeSpaceHint = 'Free some space on that disk, or set database_uri to another place, then run again';

/** SQLite often says no more than "disk I/O error" when nothing is left. */
function isDiskFull(error: unknown, file: string | undefined): boolean {
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (code === 'ENOSPC') return true;
  const kind = typeof errcode === 'number' ? errcode & 0xff : undefined;
  if (kind === sqliteFull) return true;
  if (kind !== sqliteIoError || file === undefined) return false;
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < 256 * 1024;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown, file: string | undefined): string {
  return isDiskFull(error, file) ? 'there is no space left on the disk' : errorMessage(error);
}
