import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Clock } from '@meltano/foundation/clock';
import { type JsonObject, parseJson, stringifyJson } from '@meltano/foundation/json';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeThisProcess } from '../state/lease-holder.ts';
import type { Lease, LeaseAnswer, LeaseHolder, StateRecord, StateStore } from '../state/state-store.ts';
import { systemClock } from '../system/system-clock.ts';

/** One place where state is kept, as a backend offers it to the suite: fresh and empty for each test. */
export interface StateStorePlace {
  /** A handle of its own; several may be open on the same place. Closed by the suite. */
  open(clock: Clock): Promise<StateStore>;
  /** For processes beside the test's own. */
  readonly databaseUri: string;
  readonly stateUri: string;
  remove(): Promise<void>;
}

/** What every state store must do. Ends with real processes that race and that are killed. */
export function stateStoreSuite(name: string, createPlace: () => Promise<StateStorePlace>): void {
  describe(`state store: ${name}`, () => {
    let place: StateStorePlace;
    let opened: StateStore[] = [];
    let children: ChildProcess[] = [];

    beforeEach(async () => {
      place = await createPlace();
    });
    afterEach(async () => {
      for (const child of children) await end(child);
      for (const store of opened) await store.close();
      opened = [];
      children = [];
      await place.remove();
    });

    const open = async (clock: Clock = systemClock) => {
      const store = await place.open(clock);
      opened.push(store);
      return store;
    };
    const start = (...args: readonly string[]) => {
      const child = startProcess(place, args);
      children.push(child);
      return child;
    };

    describe('records', () => {
      it('an unknown state id has none', async () => {
        const store = await open();
        expect(await store.get('dev:a-to-b')).toBeUndefined();
        expect(await store.list()).toEqual([]);
        expect(await store.history('dev:a-to-b')).toEqual([]);
        await store.delete('dev:a-to-b');
      });

      it('keep digits, the order of keys, and both parts', async () => {
        const store = await open();
        const text = '{"singer_state":{"z":12345678901234567890123,"a":1.50,"10":1e2,"é":"\u2028","2":[]}}';
        await store.set('dev:a-to-b', {
          completed: parseJson(text) as JsonObject,
          partial: { singer_state: null },
        });
        const again = await (await open()).get('dev:a-to-b');
        // Keys that look like indexes come first in JavaScript, on both sides.
        expect(stringifyJson(again?.completed ?? {})).toBe(stringifyJson(parseJson(text)));
        expect(stringifyJson(again?.completed ?? {})).toContain('12345678901234567890123,"a":1.50');
        expect(again?.partial).toEqual({ singer_state: null });
      });

      it('are what was written, whatever the JSON', async () => {
        const store = await open();
        await fc.assert(
          fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (state) => {
            const completed = parseJson(JSON.stringify(state)) as JsonObject;
            await store.set('any', { completed, partial: {} });
            expect(stringifyJson((await store.get('any'))?.completed ?? {})).toBe(stringifyJson(completed));
          }),
          { numRuns: 30 },
        );
      });

      it('are changed in one step', async () => {
        const store = await open();
        await store.set('a', recordOf(1));
        await store.update('a', (current) => ({ completed: current?.completed ?? {}, partial: { x: 1 } }));
        expect(await store.get('a')).toEqual({ ...recordOf(1), partial: { x: 1 } });
        await expect(
          store.update('a', () => {
            throw new Error('no');
          }),
        ).rejects.toThrow('no');
        expect(await store.get('a')).toEqual({ ...recordOf(1), partial: { x: 1 } });
      });

      it('are listed in order, also by pattern', async () => {
        const store = await open();
        for (const id of ['prod:b', 'dev:b', 'dev:a']) await store.set(id, recordOf(1));
        expect(await store.list()).toEqual(['dev:a', 'dev:b', 'prod:b']);
        expect(await store.list('dev:*')).toEqual(['dev:a', 'dev:b']);
        await store.delete('dev:a');
        expect(await store.list()).toEqual(['dev:b', 'prod:b']);
        expect(await store.get('dev:a')).toBeUndefined();
      });
    });

    describe('at once in one process', () => {
      it('no change is lost', async () => {
        const stores = [await open(), await open()];
        const add = (current: StateRecord | undefined) => recordOf(countOf(current) + 1);
        await Promise.all(
          Array.from({ length: 20 }, () => stores.map((store) => store.update('a', add))).flat(),
        );
        expect(countOf(await (await open()).get('a'))).toBe(40);
      });

      it('a reader sees whole records', async () => {
        const [writer, reader] = [await open(), await open()];
        const large = (count: number) => ({
          completed: { singer_state: { count, padding: 'x'.repeat(1_000_000) } },
          partial: {},
        });
        await writer.set('a', large(0));
        for (let count = 1; count <= 10; count += 1) {
          const written = writer.set('a', large(count));
          const seen = await Promise.all(Array.from({ length: 5 }, () => reader.get('a')));
          await written;
          for (const record of seen) expect([large(count - 1), large(count)]).toContainEqual(record);
        }
      });
    });

    describe('history', () => {
      it('keeps what was replaced or deleted, newest first, ten at most', async () => {
        const store = await open();
        for (let count = 1; count <= 13; count += 1) await store.set('a', recordOf(count));
        await store.set('a', recordOf(13));
        await store.delete('a');
        const counts = (await store.history('a')).map((past) => past.record);
        expect(counts).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4].map(recordOf));
        expect(await store.history('b')).toEqual([]);
      });

      it('of a run keeps the record from before its first write', async () => {
        const store = await open();
        await store.set('a', recordOf(1));
        const lease = await acquire(store, 'a');
        for (let count = 2; count <= 20; count += 1) await store.set('a', recordOf(count), { lease });
        await store.releaseLease(lease);
        expect((await store.history('a')).map((past) => past.record)).toEqual([recordOf(1)]);
        const next = await acquire(store, 'a');
        await store.set('a', recordOf(21), { lease: next });
        expect((await store.history('a')).map((past) => past.record)).toEqual([recordOf(20), recordOf(1)]);
      });
    });

    describe('leases', () => {
      it('have one holder; the token grows with each', async () => {
        const [one, two] = [await open(), await open()];
        const lease = await acquire(one, 'a');
        expect(await two.acquireLease('a', await describeThisProcess('other'))).toMatchObject({
          kind: 'held',
          by: { token: lease.token },
        });
        expect((await acquire(two, 'b')).stateId).toBe('b');
        await one.releaseLease(lease);
        const next = await acquire(two, 'a');
        expect(next.token).toBeGreaterThan(lease.token);
      });

      it('a write with a lost lease is refused and writes nothing', async () => {
        const store = await open();
        const lease = await acquire(store, 'a');
        await store.set('a', recordOf(1), { lease });
        const next = taken(
          await store.acquireLease('a', await describeThisProcess('other'), { force: true }),
        );
        const refused = { code: 'state.lease_lost', message: expect.stringContaining('other') };
        await expect(store.set('a', recordOf(2), { lease })).rejects.toMatchObject(refused);
        await expect(store.update('a', () => recordOf(2), { lease })).rejects.toMatchObject(refused);
        await expect(store.renewLease(lease)).rejects.toMatchObject(refused);
        await store.releaseLease(lease);
        expect(await store.get('a')).toEqual(recordOf(1));
        await store.set('a', recordOf(3), { lease: next });
        await store.releaseLease(next);
        await expect(store.set('a', recordOf(4), { lease: next })).rejects.toMatchObject({
          code: 'state.lease_lost',
        });
      });

      it('on another host end when they expire, unless renewed', async () => {
        let now = 1_000_000;
        const store = await open({ now: () => now, sleep: systemClock.sleep });
        const elsewhere = { ...(await describeThisProcess('far')), host: 'elsewhere' };
        const lease = taken(await store.acquireLease('a', elsewhere));
        now += 50_000;
        expect((await store.acquireLease('a', await describeThisProcess('near'))).kind).toBe('held');
        const renewed = await store.renewLease(lease);
        now += 50_000;
        expect(renewed.expiresAt).toBe(1_110_000);
        expect((await store.acquireLease('a', await describeThisProcess('near'))).kind).toBe('held');
        now += 20_000;
        expect(await store.acquireLease('a', await describeThisProcess('near'))).toMatchObject({
          kind: 'acquired',
          replaced: { holder: { runId: 'far' } },
        });
      });

      it('of a living process on this host do not end by themselves', async () => {
        let now = 1_000_000;
        const store = await open({ now: () => now, sleep: systemClock.sleep });
        await acquire(store, 'a');
        now += 3_600_000;
        expect((await store.acquireLease('a', await describeThisProcess('other'))).kind).toBe('held');
      });

      it('of a process whose number another one has now are replaced at once', async () => {
        const store = await open();
        const reused: LeaseHolder = { ...(await describeThisProcess('gone')), processStart: '1' };
        taken(await store.acquireLease('a', reused));
        expect(await store.acquireLease('a', await describeThisProcess('next'))).toMatchObject({
          kind: 'acquired',
          replaced: { holder: { runId: 'gone' } },
        });
      });
    });

    describe('between processes', () => {
      it('no change is lost when two write at once', async () => {
        const [one, two] = [start('count', 'a', '40'), start('count', 'a', '40')];
        expect([await exitCode(one), await exitCode(two)]).toEqual([0, 0]);
        expect(countOf(await (await open()).get('a'))).toBe(80);
      });

      it('of two that want a lease one gets it', async () => {
        const lines = [start('hold', 'a'), start('hold', 'a')].map((child) => lineReader(child));
        const answers = await Promise.all(lines.map((read) => read()));
        expect(new Set(answers)).toEqual(new Set(['acquired', 'held']));
      });

      it('a killed holder is replaced at once', async () => {
        const child = start('hold', 'a');
        expect(await lineReader(child)()).toBe('acquired');
        const store = await open();
        const holder = await describeThisProcess('next');
        expect((await store.acquireLease('a', holder)).kind).toBe('held');
        await end(child);
        expect(await store.acquireLease('a', holder)).toMatchObject({
          kind: 'acquired',
          replaced: { holder: { pid: child.pid } },
        });
      });

      it('a write that is killed midway leaves the old record or the new one', async () => {
        const store = await open();
        for (let round = 0; round < 6; round += 1) {
          const child = start('write', 'a');
          const read = lineReader(child);
          expect(await read()).toBe('acquired');
          let stored = 0;
          for (let line = 0; line < 3 + round; line += 1) stored = Number(await read());
          await end(child);
          const rest = await readRest(read);
          const last = rest.length > 0 ? Number(rest.at(-1)) : stored;
          const count = countOf(await store.get('a'));
          expect([last, last + 1]).toContain(count);
          // The next one writes without waiting for anything that the dead one held.
          await store.set('a', recordOf(count));
        }
        expect((await store.history('a')).length).toBeGreaterThan(0);
      });
    });
  });
}

function recordOf(count: number): StateRecord {
  return { completed: { singer_state: { count } }, partial: {} };
}

function countOf(record: StateRecord | undefined): number {
  return (record?.completed['singer_state'] as { count?: number } | undefined)?.count ?? 0;
}

async function acquire(store: StateStore, stateId: string): Promise<Lease> {
  return taken(await store.acquireLease(stateId, await describeThisProcess('this run')));
}

function taken(answer: LeaseAnswer): Lease {
  if (answer.kind === 'acquired') return answer.lease;
  throw new Error(`the lease is held by ${answer.by.holder.runId}`);
}

function startProcess(place: StateStorePlace, args: readonly string[]): ChildProcess {
  const program = new URL('state-store-process.ts', import.meta.url).pathname;
  return spawn(
    process.execPath,
    ['--conditions=meltano-source', program, place.databaseUri, place.stateUri, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
}

/** Reads one line at a time; undefined after the last. */
function lineReader(child: ChildProcess): () => Promise<string | undefined> {
  if (child.stdout === null) throw new Error('the process has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    return done === true ? undefined : (value as string);
  };
}

async function readRest(read: () => Promise<string | undefined>): Promise<readonly string[]> {
  const rest: string[] = [];
  for (let line = await read(); line !== undefined; line = await read()) rest.push(line);
  return rest;
}

async function exitCode(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [unknown];
  return code;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
