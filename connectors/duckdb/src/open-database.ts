import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { errorMessage } from '@meltano/foundation/errors';
import { duckdbError } from './errors.ts';

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
    return await DuckDBInstance.fromCache(path, { ...settingsOf(options), access_mode: 'READ_ONLY' });
  } catch (cause) {
    throw openFailure(path, cause);
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
    // Two runs in one process share the file: DuckDB's own lock is between processes.
    const instance = await (path === ':memory:'
      ? DuckDBInstance.create(path, settings)
      : DuckDBInstance.fromCache(path, settings));
    const connection = await instance.connect();
    // Times without offset are UTC when a column of theirs becomes one of instants.
    await connection.run("SET TimeZone = 'UTC'");
    return { instance, connection };
  } catch (cause) {
    throw openFailure(path, cause);
  }
}

function notWritable(path: string, directory: string, cause: unknown) {
  return duckdbError('not_writable', {
    message: `The database ${path} cannot be made: ${directory} is not writable`,
    hint: 'set path to a file in a folder that you may write to',
    details: { path },
    cause,
  });
}

function openFailure(path: string, cause: unknown) {
  const message = errorMessage(cause);
  const holder = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(message);
  if (message.includes('Could not set lock')) {
    const by = holder === null ? 'another process' : `${holder[1]} (process ${holder[2]})`;
    return duckdbError('locked', {
      message: `The database ${path} is in use by ${by}`,
      hint: 'close it there and try again: while one process writes to a DuckDB file, no other may open it',
      details: { path, ...(holder === null ? {} : { pid: Number(holder[2]) }) },
      cause,
    });
  }
  if (message.includes('different configuration')) {
    return duckdbError('locked', {
      message: `The database ${path} is open in this program already, in another way`,
      hint: 'a run cannot read from the DuckDB file that it loads into: set path of the loader to another file',
      details: { path },
      cause,
    });
  }
  if (/permission denied/i.test(message)) {
    return duckdbError('not_readable', {
      message: `The database ${path} cannot be read: permission denied`,
      hint: 'let this user read the file, and write to it where it is loaded into',
      details: { path },
      cause,
    });
  }
  if (/version number|newer version|storage version/i.test(message)) {
    return duckdbError('made_by_newer_version', {
      message: `The database ${path} was made by a version of DuckDB that this one cannot read`,
      hint: 'load into a new file, or export and import it with DuckDB 1.5',
      details: { path },
      cause,
    });
  }
  if (/not a valid DuckDB database/i.test(message)) {
    return duckdbError('not_a_database', {
      message: `The file ${path} is not a DuckDB database`,
      hint: 'set path to another file',
      details: { path },
      cause,
    });
  }
  return duckdbError('cannot_open', {
    message: `The database ${path} cannot be opened: ${message.split('\n')[0]}`,
    hint: 'check path, memory_limit and temp_dir',
    details: { path },
    cause,
  });
}
