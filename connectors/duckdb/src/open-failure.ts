import { version } from '@duckdb/node-api';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { duckdbError } from './errors.ts';
import { readFileHeader } from './file-header.ts';

interface Opening {
  readonly path: string;
  readonly purpose: 'read' | 'load';
  readonly memoryLimit: string;
}

/** Why a database was not opened; what was made for people already stays as it is. */
export function openFailure(opening: Opening, cause: unknown) {
  if (isAppError(cause)) return cause;
  const { path } = opening;
  const message = errorMessage(cause);
  if (message.includes('Could not set lock')) return locked(path, message, cause);
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
  if (/version number|newer version|storage version/i.test(message)) return madeByNewer(opening, cause);
  if (/not a valid DuckDB database/i.test(message)) {
    return duckdbError('not_a_database', {
      message: `The file ${path} is no DuckDB file`,
      hint: 'set path to another file',
      details: { path },
      cause,
    });
  }
  if (/failed to set config/i.test(message)) {
    return duckdbError('invalid_setting', {
      message: `The setting memory_limit is "${opening.memoryLimit}", which is no amount of memory`,
      hint: 'set memory_limit to a number with a unit, such as 512MB or 2GB',
      details: { setting: 'memory_limit' },
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

function locked(path: string, message: string, cause: unknown) {
  const holder = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(message);
  const by = holder === null ? 'another process' : `${holder[1]} (process ${holder[2]})`;
  return duckdbError('locked', {
    message: `The database ${path} is in use by ${by}`,
    hint: 'close it there and try again: while one process writes to a DuckDB file, no other may open it',
    details: { path, ...(holder === null ? {} : { pid: Number(holder[2]) }) },
    cause,
  });
}

function madeByNewer({ path, purpose }: Opening, cause: unknown) {
  const here = version();
  const maker = readFileHeader(path)?.madeBy;
  const rewrite = `with the DuckDB that made it, write a file that this one can read: ATTACH 'older.duckdb' AS older (STORAGE_VERSION '${here}'); COPY FROM DATABASE warehouse TO older, with the name of your database for warehouse`;
  return duckdbError('made_by_newer_version', {
    message: `The database ${path} was made by a newer DuckDB (${maker ?? 'of unknown version'}) than the one here (${here})`,
    hint: purpose === 'load' ? `load into a new file; or ${rewrite}` : rewrite,
    details: { path, madeBy: maker, here },
    cause,
  });
}
