import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userFolders } from '../system/user-folders.ts';
import { findRunLog, readLastLines, readRunLog } from './read-run-log.ts';
import { createRunLogFile } from './run-log-file.ts';
import { oldRunLogFile, runLogFile, sanitizeStateId } from './run-log-place.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-logs-'));
});
afterEach(async () => {
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true, force: true });
});

const runId = '01a215fb-4a2c-7d11-924e-1556c7256627';
const query = () => ({
  logFolder: join(folder, 'log'),
  systemDir: join(folder, 'sys'),
  stateId: 'dev:tap-a-to-b',
  runId,
});
const line = (event: string) => ({ at: 0, level: 'info' as const, event, fields: {} });

describe('run logs', () => {
  it('are written in Meltano’s place, from the first line on', async () => {
    const file = runLogFile(query().logFolder, 'dev:tap-a-to-b', runId);
    expect(file).toBe(join(folder, 'log', 'elt', 'devtap-a-to-b', runId, 'elt.log'));
    const log = createRunLogFile(file, () => {});
    await expect(findRunLog(query())).rejects.toMatchObject({
      code: 'logs.no_log_file',
      hint: expect.stringContaining(file),
    });
    log.write(line('one'));
    log.write(line('two'));
    log.close();
    log.write(line('after the end'));
    expect(await readFile(file, 'utf8')).toBe(
      '1970-01-01T00:00:00.000000Z [info     ] meltano      one\n1970-01-01T00:00:00.000000Z [info     ] meltano      two\n',
    );
    const found = await findRunLog(query());
    expect(found).toEqual({ file, size: 114 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readRunLog(found)).toContain('one');
    expect(await readLastLines(found, 1)).toEqual([
      '1970-01-01T00:00:00.000000Z [info     ] meltano      two',
    ]);
    expect(await readLastLines(found, 9)).toHaveLength(2);
    expect(await readLastLines(found, 0)).toEqual([]);
  });

  it('are read from the end, whatever their size, and from the old place', async () => {
    const { systemDir, stateId } = query();
    const file = oldRunLogFile(systemDir, stateId, runId);
    await mkdir(join(file, '..'), { recursive: true });
    const lines = Array.from({ length: 20_000 }, (_, index) => `zeile ü ${index}`);
    await writeFile(file, lines.join('\n'));
    const found = await findRunLog(query());
    expect(found.file).toBe(file);
    expect(await readLastLines(found, 12_000)).toEqual(lines.slice(-12_000));
  });

  it('that cannot be written are given up once', async () => {
    await writeFile(join(folder, 'taken'), '');
    const failures: unknown[] = [];
    const log = createRunLogFile(join(folder, 'taken', 'x', 'elt.log'), (error) => failures.push(error));
    log.write(line('one'));
    log.write(line('two'));
    expect(failures).toHaveLength(1);
  });
});

describe('names of folders', () => {
  it.each([
    ['dev:tap-a-to-b', 'devtap-a-to-b'],
    ['prod:tap-x-to-target-y:sfx', 'prodtap-x-to-target-ysfx'],
    ['Größe  a/b', 'Groe_a_b'],
    ['..__x_.', 'x'],
  ])('%s', (stateId, name) => {
    expect(sanitizeStateId(stateId)).toBe(name);
  });

  it('of the user follow the platform', () => {
    expect(userFolders({ HOME: '/home/me', XDG_STATE_HOME: '/s' }, 'linux')).toEqual({
      logs: '/s/meltano/log',
      cache: '/home/me/.cache/meltano',
    });
    expect(userFolders({ HOME: '/Users/me' }, 'darwin').logs).toBe('/Users/me/Library/Logs/meltano');
    expect(userFolders({ LOCALAPPDATA: '/L', HOME: '/h' }, 'win32').logs).toBe('/L/meltano/meltano/Logs');
  });
});
