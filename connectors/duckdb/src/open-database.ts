import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbError } from './errors.ts';
import { readFileHeader } from './file-header.ts';
import { openFailure } from './open-failure.ts';

export interface DatabaseOptions {
  readonly path: string;
  readonly memoryLimit: string;
  readonly tempDirectory: string | undefined;
}

/** A connection to the database, which is opened at the first `connect`. */
export interface Database {
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/**
 * An existing file is opened at once, so that a lock or a foreign file is told before anything is read. A new
 * one is made only when something is to be written: an empty input leaves no file behind (Singer rule 75).
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const path = resolvePath(options.path);
  let opened: { instance: DuckDBInstance; connection: DuckDBConnection } | undefined;
  const connect = async () => {
    opened ??= await openFile(path, options);
    return opened.connection;
  };
  if (path === ':memory:' || existsSync(path)) await connect();
  else assertCreatable(path);
  return {
    connect,
    close() {
      opened?.connection.closeSync();
      opened?.instance.closeSync();
      opened = undefined;
    },
  };
}

function resolvePath(path: string): string {
  if (path === ':memory:') return path;
  if (/^(md|motherduck):/.test(path)) {
    throw duckdbError('unsupported_path', {
      message: `MotherDuck (${path}) is not supported by this variant`,
      hint: 'set path to a local file, or use the variant meltanolabs of target-duckdb',
    });
  }
  return resolve(path);
}

function assertCreatable(path: string): void {
  let directory = dirname(path);
  while (!existsSync(directory)) directory = dirname(directory);
  try {
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw notWritable(path, directory, cause);
  }
}

/** An existing file, which other processes may read at the same time. The caller closes it. */
export async function openReadOnly(options: DatabaseOptions): Promise<DuckDBInstance> {
  const path = resolvePath(options.path);
  if (!existsSync(path)) {
    throw duckdbError('no_such_file', {
      message: `There is no file ${path} to read`,
      hint: 'set path to a DuckDB file; a relative path counts from the working directory',
      details: { path },
    });
  }
  try {
    accessSync(path, constants.R_OK);
    assertDatabase(path);
    return await DuckDBInstance.fromCache(path, { ...settingsOf(options), access_mode: 'READ_ONLY' });
  } catch (cause) {
    throw openFailure({ ...options, path, purpose: 'read' }, cause);
  }
}

function settingsOf({ memoryLimit, tempDirectory }: DatabaseOptions) {
  return {
    memory_limit: memoryLimit,
    ...(tempDirectory === undefined ? {} : { temp_directory: resolve(tempDirectory) }),
  };
}

async function openFile(path: string, options: DatabaseOptions) {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    if (options.tempDirectory !== undefined) mkdirSync(options.tempDirectory, { recursive: true });
  } catch (cause) {
    throw notWritable(path, dirname(path), cause);
  }
  const settings = settingsOf(options);
  try {
    // An empty one may be just being made by another run of this process.
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) assertDatabase(path);
    // Two runs in one process share the file: DuckDB's own lock is between processes.
    const instance = await (path === ':memory:'
      ? DuckDBInstance.create(path, settings)
      : DuckDBInstance.fromCache(path, settings));
    const connection = await instance.connect();
    // Times without offset are UTC when a column of theirs becomes one of instants.
    await connection.run("SET TimeZone = 'UTC'");
    return { instance, connection };
  } catch (cause) {
    throw openFailure({ ...options, path, purpose: 'load' }, cause);
  }
}

/**
 * DuckDB itself opens some files that are no database, such as CSV and Parquet, in another way: what is loaded would
 * be gone with the process.
 */
function assertDatabase(path: string): void {
  if (readFileHeader(path) !== undefined) return;
  throw duckdbError('not_a_database', {
    message: `The file ${path} is no DuckDB file`,
    hint: 'set path to a DuckDB file; CSV, JSON and Parquet files are read by tap-csv, tap-jsonl and tap-parquet',
    details: { path },
  });
}

function notWritable(path: string, directory: string, cause: unknown) {
  return duckdbError('not_writable', {
    message: `The database ${path} cannot be made: ${directory} is not writable`,
    hint: 'set path to a file in a folder that you may write to',
    details: { path },
    cause,
  });
}
