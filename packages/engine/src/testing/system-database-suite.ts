import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunOutcome } from '../run/run-outcome.ts';
import { staleSentence } from '../system/run-rows.ts';
import { openSystemDatabase, type SystemDatabase } from '../system/system-database.ts';

/** Fresh and empty for each test. */
export interface SystemDatabasePlace {
  readonly uri: string;
  remove(): Promise<void>;
}

const runId = '01a215fb-73ff-7004-9f01-64ab23f321b5';

/** What the system database must do, whatever keeps it. State has a suite of its own. */
export function systemDatabaseSuite(name: string, createPlace: () => Promise<SystemDatabasePlace>): void {
  describe(`system database: ${name}`, () => {
    let place: SystemDatabasePlace;
    let now = Date.UTC(2026, 10, 26, 12);
    let opened: SystemDatabase[] = [];
    const clock = { now: () => now, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };

    beforeEach(async () => {
      place = await createPlace();
      now = Date.UTC(2026, 10, 26, 12);
    });
    afterEach(async () => {
      for (const database of opened) await database.close();
      opened = [];
      await place.remove();
    });
    async function open(): Promise<SystemDatabase> {
      const database = await openSystemDatabase({ uri: place.uri, folder: '/', clock });
      opened.push(database);
      return database;
    }

    describe('the tables', () => {
      it('may be created by several at once', async () => {
        const databases = await Promise.all([open(), open(), open()]);
        for (const database of databases) await database.runs.start({ runId, stateId: 'a', trigger: 'cli' });
        expect(await databases[0]?.runs.findByRunId(runId)).toHaveLength(3);
      });
    });

    describe('runs', () => {
      it('live, beat, and end', async () => {
        const { runs, connection } = await open();
        const id = await runs.start({ runId, stateId: 'dev:a-to-b', trigger: 'cli' });
        expect(await connection.all('SELECT * FROM runs')).toMatchObject([
          {
            state: 'RUNNING',
            started_at: '2026-11-26 12:00:00.000000',
            ended_at: null,
            payload: '{}',
            payload_flags: 0,
            run_id: '01a215fb73ff70049f0164ab23f321b5',
            last_heartbeat_at: '2026-11-26 12:00:00.000000',
          },
        ]);
        now += 1500;
        await runs.heartbeat(id);
        await runs.savePayload(id, { singer_state: { é: 1 } }, 1);
        await runs.finish(id, { state: 'FAIL', error: 'Loader failed' });
        await runs.finish(id, { state: 'SUCCESS' });
        expect(
          await connection.all('SELECT state, ended_at, payload, payload_flags, last_heartbeat_at FROM runs'),
        ).toEqual([
          {
            state: 'FAIL',
            ended_at: '2026-11-26 12:00:01.500000',
            payload: '{"singer_state": {"\\u00e9": 1}, "error": "Loader failed"}',
            payload_flags: 1,
            last_heartbeat_at: '2026-11-26 12:00:01.500000',
          },
        ]);
        await expect(runs.savePayload(99, {}, 1)).rejects.toMatchObject({ code: 'system.run_not_found' });
      });

      it('without a sign of life are closed after five minutes, or a day', async () => {
        const { runs, connection } = await open();
        const beating = await runs.start({ runId, stateId: 'a', trigger: 'cli' });
        await runs.start({ runId: runId.replace('01a', '02a'), stateId: 'a', trigger: 'cli' });
        await runs.start({ runId: runId.replace('01a', '03a'), stateId: 'b', trigger: 'cli' });
        await connection.run("UPDATE runs SET last_heartbeat_at = NULL WHERE job_name = 'b'");
        now += 5 * 60_000 - 1;
        expect(await runs.failStale()).toEqual([]);
        await runs.heartbeat(beating);
        now += 2;
        const stale = await runs.failStale('a');
        expect(stale.map((each) => [each.run.id, staleSentence(each)])).toEqual([
          [
            2,
            "Marked stale run with state ID 'a' that started at 2026-11-26 12:00:00.000000+00:00 as failed: No heartbeat recorded for 5 minutes. The process was likely killed unceremoniously.",
          ],
        ]);
        expect((await runs.findRunning('a')).map((run) => run.id)).toEqual([beating]);
        now += 24 * 60 * 60_000;
        expect((await runs.failStale()).map((each) => each.error.slice(0, 30))).toEqual([
          'No heartbeat recorded for 5 mi',
          'Still running after 24 hours. ',
        ]);
      });

      it('of a dead process are closed by its run id, and lists leave out edits of state', async () => {
        const { runs } = await open();
        await runs.start({ runId, stateId: 'a', trigger: 'cli' });
        expect(await runs.failRun(runId, 'gone')).toBe(1);
        expect(await runs.failRun(runId, 'gone')).toBe(0);
        await runs.recordStateEdit({
          stateId: 'a',
          runId,
          payload: { singer_state: {} },
          flags: 2,
          trigger: 'cli',
        });
        now += 1000;
        const id = await runs.start({
          runId: runId.replace('01a', '02a'),
          stateId: 'b',
          trigger: 'schedule',
        });
        await runs.finish(id, { state: 'SUCCESS' });
        expect((await runs.list()).map((run) => [run.stateId, run.state])).toEqual([
          ['b', 'SUCCESS'],
          ['a', 'FAIL'],
        ]);
        expect(await runs.list({ limit: 1, stateId: 'a', states: ['STATE_EDIT'] })).toMatchObject([
          { payloadFlags: 2, endedAt: now - 1000 },
        ]);
        expect((await runs.latestSuccess('b'))?.id).toBe(id);
        expect(await runs.latestSuccess('a')).toBeUndefined();
        expect(await runs.findByRunId('not a uuid')).toEqual([]);
      });
    });

    describe('settings', () => {
      it('are kept as Python reads them', async () => {
        const { pluginSettings, connection } = await open();
        await pluginSettings.set('meltano', 'cli.log_level', 'info');
        await pluginSettings.set('meltano', 'cli.log_level', 'debug');
        await pluginSettings.set('extractors.tap-x.default', 'start', { a: [1, null] });
        expect(
          await connection.all(
            "SELECT value, enabled, label FROM plugin_settings WHERE namespace = 'meltano'",
          ),
        ).toEqual([{ value: expect.any(Uint8Array), enabled: 1, label: null }]);
        const [row] = await connection.all("SELECT value FROM plugin_settings WHERE namespace = 'meltano'");
        expect(Buffer.from(row?.['value'] as Uint8Array).toString('hex')).toBe(
          '80059509000000000000008c056465627567942e',
        );
        expect(await pluginSettings.list('extractors.tap-x.default')).toEqual(
          new Map([['start', { a: [1, null] }]]),
        );
        await connection.run('UPDATE plugin_settings SET enabled = ? WHERE name = ?', [0, 'start']);
        expect(await pluginSettings.list('extractors.tap-x.default')).toEqual(new Map());
        expect(await pluginSettings.unset('meltano', 'cli.log_level')).toBe(true);
        expect(await pluginSettings.unset('meltano', 'cli.log_level')).toBe(false);
        expect(await pluginSettings.reset('extractors.tap-x.default')).toBe(1);
      });
    });

    describe('run reports', () => {
      it('are kept whole and row by row', async () => {
        const { reports, connection } = await open();
        const outcome: RunOutcome = {
          runId,
          status: 'succeeded',
          startedAt: 1000,
          endedAt: 2000,
          exitCode: 0,
          blocks: [
            {
              index: 0,
              name: 'tap-x target-x',
              kind: 'extract-load',
              status: 'succeeded',
              stateId: 'a',
              durationMs: 900,
              processes: {},
              statesStored: 1,
              schemaChanges: [],
              streams: [{ stream: 's', read: 5, loaded: 5, bytes: 100, refused: 0, mode: 'full' }],
            },
          ],
        };
        await reports.save(outcome);
        await reports.save(outcome);
        await reports.save({ ...outcome, runId: 'later', startedAt: 3000, blocks: [] });
        expect(await reports.find(runId)).toEqual(outcome);
        expect(await reports.find('other')).toBeUndefined();
        expect((await reports.list({ limit: 2 })).map((report) => report.runId)).toEqual(['later', runId]);
        expect(
          await connection.all(
            'SELECT stream, read_count, loaded_count, state_id FROM meltano_ts_run_streams',
          ),
        ).toEqual([{ stream: 's', read_count: 5, loaded_count: 5, state_id: 'a' }]);
      });
    });

    describe('transactions', () => {
      it('undo everything when they fail, and others wait for them', async () => {
        const { connection } = await open();
        await connection.run('CREATE TABLE t (x INTEGER)');
        const failing = connection.transaction(async (session) => {
          await session.run('INSERT INTO t VALUES (1)');
          throw new Error('no');
        });
        const inserting = connection.run('INSERT INTO t VALUES (2)');
        await expect(failing).rejects.toThrow('no');
        await inserting;
        expect(await connection.all('SELECT x FROM t')).toEqual([{ x: 2 }]);
      });
    });
  });
}
