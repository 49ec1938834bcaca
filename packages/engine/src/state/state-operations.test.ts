import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringifyJson } from '@meltano/foundation/json';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../system/system-clock.ts';
import { openSystemDatabase, type SystemDatabase } from '../system/system-database.ts';
import { openStateStore } from './open-state-store.ts';
import { withPythonLock } from './python-lock.ts';
import {
  clearAllState,
  clearState,
  copyState,
  exportState,
  getState,
  importState,
  listHistory,
  listState,
  mergeIntoState,
  moveState,
  parseState,
  restoreState,
  type StateRoom,
  setState,
  storeRunState,
} from './state-operations.ts';
import { emptyRecord } from './state-record.ts';

let folder = '';
let database: SystemDatabase;
let room: StateRoom;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-state-'));
  database = await openSystemDatabase({ uri: 'sqlite://', folder });
  const store = await openStateStore({ uri: 'systemdb', systemConnection: database.connection });
  room = { store, runs: database.runs, clock: systemClock, trigger: 'cli' };
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const state = (value: object) => parseState(JSON.stringify({ singer_state: value }));

describe('operations on state', () => {
  // The steps of meltano-runtime §4.8.
  it('follow Meltano’s rule of complete and partial states', async () => {
    await setState(room, 's', state({ bookmarks: { a: { x: 1 }, b: [1, 2] } }));
    await storeRunState(room.store, 's', {
      value: { bookmarks: { users: { id: 1 } } },
      complete: false,
      lease: undefined,
    });
    expect(await room.store.get('s')).toEqual({
      completed: { singer_state: { bookmarks: { a: { x: 1 }, b: [1, 2] } } },
      partial: { singer_state: { bookmarks: { users: { id: 1 } } } },
    });
    expect(stringifyJson((await getState(room, 's')) ?? {})).toBe(
      '{"singer_state":{"bookmarks":{"a":{"x":1},"b":[1,2],"users":{"id":1}}}}',
    );
    await storeRunState(room.store, 's', {
      value: { bookmarks: { users: { id: 2 } } },
      complete: true,
      lease: undefined,
    });
    expect(await room.store.get('s')).toEqual({
      completed: { singer_state: { bookmarks: { users: { id: 2 } } } },
      partial: {},
    });
    await mergeIntoState(room, 's', state({ more: 1 }));
    await setState(room, 's', {});
    expect(await getState(room, 's')).toEqual({ singer_state: { bookmarks: { users: { id: 2 } }, more: 1 } });
    expect((await database.runs.list({ states: ['STATE_EDIT'] })).map((run) => run.payloadFlags)).toEqual([
      1, 2, 1,
    ]);
  });

  it('copy, move, clear', async () => {
    await setState(room, 'a', state({ n: 1 }));
    await copyState(room, 'a', 'b');
    await moveState(room, 'b', 'c');
    await moveState(room, 'c', 'c');
    expect((await room.store.list()).join()).toBe('a,c');
    await expect(copyState(room, 'none', 'x')).rejects.toMatchObject({
      code: 'state.not_found',
      message: expect.stringContaining('singer_state not found in top level of provided state'),
    });
    await clearState(room, 'a');
    expect(await getState(room, 'a')).toBeUndefined();
    expect(await clearAllState(room)).toBe(1);
  });

  it('list says what is of use', async () => {
    await setState(room, 'a', state({}));
    await room.store.set('b', { completed: {}, partial: {} });
    await room.store.set('c', { completed: { other: 1 }, partial: {} });
    await room.store.set('d', { completed: { singer_state: {} }, partial: {} });
    await database.connection.run("UPDATE state SET completed_state = '{broken' WHERE state_id = 'd'");
    expect((await listState(room)).map((each) => each.quality)).toEqual([
      'valid',
      'empty',
      'invalid',
      'invalid',
    ]);
    await expect(getState(room, 'd')).rejects.toMatchObject({
      code: 'state.unreadable',
      hint: expect.stringContaining('meltano state set d'),
    });
  });

  it('what cannot be read can be set again', async () => {
    await setState(room, 'a', state({ n: 1 }));
    await database.connection.run("UPDATE state SET completed_state = '{broken'");
    await expect(mergeIntoState(room, 'a', state({ m: 1 }))).rejects.toMatchObject({
      code: 'state.unreadable',
    });
    await setState(room, 'a', state({ n: 2 }));
    expect(await getState(room, 'a')).toEqual(state({ n: 2 }));
    await database.connection.run("UPDATE state SET completed_state = '{broken'");
    await clearState(room, 'a');
    expect(await room.store.list()).toEqual([]);
  });

  it('export and import', async () => {
    await setState(room, 'a', state({ n: 1 }));
    await mergeIntoState(room, 'a', state({ m: 1 }));
    const exported = await exportState(room);
    expect(exported).toEqual({
      a: { completed: { singer_state: { n: 1 } }, partial: { singer_state: { m: 1 } } },
    });
    await clearState(room, 'a');
    expect(await importState(room, { ...exported, b: {} })).toBe(2);
    expect(await exportState(room)).toEqual({ ...exported, b: { completed: {}, partial: {} } });
    await expect(importState(room, { c: { completed: {} }, d: 1 })).rejects.toMatchObject({
      code: 'state.invalid_state',
    });
    expect(await room.store.list()).toEqual(['a', 'b']);
  });

  it('history and restore', async () => {
    for (const n of [1, 2, 3]) await setState(room, 'a', state({ n }));
    expect((await listHistory(room, 'a')).map((past) => past.record.completed)).toEqual([
      state({ n: 2 }),
      state({ n: 1 }),
    ]);
    await restoreState(room, 'a', 2);
    expect(await getState(room, 'a')).toEqual(state({ n: 1 }));
    await restoreState(room, 'a');
    expect(await getState(room, 'a')).toEqual(state({ n: 3 }));
    await expect(restoreState(room, 'a', 99)).rejects.toMatchObject({ code: 'state.not_found' });
  });

  it('text that is no state gets a clear error', () => {
    expect(() => parseState('{')).toThrow(expect.objectContaining({ code: 'state.invalid_state' }));
    expect(() => parseState('[]')).toThrow(
      expect.objectContaining({ message: 'The state is not a JSON object' }),
    );
    expect(() => parseState('{}')).toThrow(
      expect.objectContaining({ message: 'singer_state not found in top level of provided state' }),
    );
    expect(parseState('{}', { validate: false })).toEqual({});
  });
});

describe('state backends', () => {
  const open = (uri: string) => openStateStore({ uri, systemConnection: database.connection });

  it.each([
    [
      's3://bucket/prefix',
      'state.unknown_backend',
      "No state backend found for scheme 's3', available backends are: systemdb, file",
    ],
    ['file://state', 'state.invalid_uri', "The state backend 'file://state' is not an absolute path"],
  ])('%s', async (uri, code, message) => {
    await expect(open(uri)).rejects.toMatchObject({ code, message });
  });

  it('reading state makes nothing in the folder', async () => {
    const store = await open(`file://${folder}/state`);
    expect([await store.get('a'), await store.list()]).toEqual([undefined, []]);
    await store.close();
    await expect(readdir(join(folder, 'state'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('files read what Meltano wrote, also cut short, and refuse ids that leave the folder', async () => {
    const store = await open(`file://${folder}/state`);
    await mkdir(join(folder, 'state', 'dev:a'), { recursive: true });
    await writeFile(join(folder, 'state', 'dev:a', 'state.json'), '{"completed": {"singer_state": {}}}');
    expect(await store.get('dev:a')).toEqual({ completed: { singer_state: {} }, partial: {} });
    await writeFile(join(folder, 'state', 'dev:a', 'state.json'), '{"completed": {"singer_st');
    await expect(store.get('dev:a')).rejects.toMatchObject({
      code: 'state.unreadable',
      message: expect.stringContaining('state.json'),
    });
    await expect(store.update('dev:a', () => emptyRecord)).rejects.toMatchObject({
      code: 'state.unreadable',
    });
    await store.set('dev:a', emptyRecord);
    expect(await store.get('dev:a')).toEqual(emptyRecord);
    const aside = join(folder, 'state', 'dev:a', 'state.json.unreadable');
    expect(await readFile(aside, 'utf8')).toBe('{"completed": {"singer_st');
    for (const id of ['../x', 'a/../../x', '', '.meltano_ts', 'a//b', '.']) {
      await expect(store.set(id, { completed: {}, partial: {} })).rejects.toMatchObject({
        code: 'state.invalid_state_id',
      });
    }
    await store.set('team/a', { completed: {}, partial: {} });
    expect(await store.list()).toEqual(['dev:a', 'team/a']);
    await store.close();
  });
});

describe('Meltano’s lock file', () => {
  const now = 1_732_341_764_343;
  let slept = 0;
  const clock = { now: () => now + slept, sleep: async (ms: number) => void (slept += ms) };

  it('is held while the work is done, and gone after it', async () => {
    const file = join(folder, 'lock');
    await withPythonLock(file, clock, async () => {
      expect(await readFile(file, 'utf8')).toMatch(/^\d+\.\d{12}$/);
    });
    await expect(withPythonLock(file, clock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['a fresh one of Python is waited for', String(now / 1000), 10_000],
    ['an old one is removed', String(now / 1000 - 11), 0],
    ['one of our own dead is removed', `${(now / 1000).toFixed(3)}000000000`, 0],
    ['one cut short is removed', '', 0],
  ])('%s', async (_name, body, wait) => {
    slept = 0;
    const file = join(folder, 'lock');
    await writeFile(file, body);
    await withPythonLock(file, clock, async () => {});
    expect(slept).toBeGreaterThanOrEqual(wait);
    expect(slept).toBeLessThanOrEqual(wait + 100);
  });
});
