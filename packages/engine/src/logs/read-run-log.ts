import { open, stat } from 'node:fs/promises';
import { logsError } from './errors.ts';
import { oldRunLogFile, runLogFile } from './run-log-place.ts';

export interface RunLogQuery {
  readonly logFolder: string;
  readonly systemDir: string;
  readonly stateId: string;
  readonly runId: string;
}

export interface FoundRunLog {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
}

/** Above this size a person is asked first. Source: meltano-cli §23. */
export const largeLogBytes = 2 * 1024 * 1024;

/** Finds the log of a run in its place, or in Meltano's older one. Throws `logs.no_log_file`. */
export async function findRunLog({
  logFolder,
  systemDir,
  stateId,
  runId,
}: RunLogQuery): Promise<FoundRunLog> {
  const places = [runLogFile(logFolder, stateId, runId), oldRunLogFile(systemDir, stateId, runId)];
  for (const file of places) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return { file, size: found.size };
  }
  throw logsError('no_log_file', {
    message: `There is no log file of run ${runId} (state id '${stateId}')`,
    hint: `It would be ${places[0]}; logs are kept on the machine and for the user that ran it`,
  });
}

/** The whole file. */
export async function readRunLog({ file }: FoundRunLog): Promise<string> {
  const handle = await open(file);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

const chunkBytes = 64 * 1024;

/** The last `count` lines, read from the end: a large file costs no more than what is shown. */
export async function readLastLines({ file }: FoundRunLog, count: number): Promise<readonly string[]> {
  const handle = await open(file);
  try {
    let at = (await handle.stat()).size;
    let tail = Buffer.alloc(0);
    while (at > 0 && countLineEnds(tail) <= count) {
      const length = Math.min(chunkBytes, at);
      at -= length;
      const chunk = Buffer.alloc(length);
      await handle.read(chunk, 0, length, at);
      tail = Buffer.concat([chunk, tail]);
    }
    const lines = tail.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return count <= 0 ? [] : lines.slice(-count);
  } finally {
    await handle.close();
  }
}

function countLineEnds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
