/**
 * A process of its own that uses a state store, for tests of what happens between processes:
 *
 *     state-store-process.ts <database uri> <state uri> count <state id> <times>
 *     state-store-process.ts <database uri> <state uri> hold <state id>
 *     state-store-process.ts <database uri> <state uri> write <state id>
 *
 * `count` adds 1 to a number that many times; `hold` takes the lease, prints the kind of answer and waits to be
 * killed; `write` stores growing numbers under a lease, without end, and prints each after it is stored.
 */
import { writeSync } from 'node:fs';
import { describeThisProcess } from '../state/lease-holder.ts';
import { openStateStore } from '../state/open-state-store.ts';
import type { StateRecord, StateStore } from '../state/state-store.ts';
import { openSystemDatabase } from '../system/system-database.ts';

const [databaseUri = '', uri = '', action, stateId = '', times = '0'] = process.argv.slice(2);
const database = await openSystemDatabase({ uri: databaseUri, folder: '/' });
const store = await openStateStore({ uri, systemConnection: database.connection });

function recordOf(count: number): StateRecord {
  return { completed: { singer_state: { count, padding: 'x'.repeat(20_000) } }, partial: {} };
}

function countOf(record: StateRecord | undefined): number {
  const state = record?.completed['singer_state'] as { count?: number } | undefined;
  return state?.count ?? 0;
}

async function takeLease(open: StateStore) {
  const answer = await open.acquireLease(stateId, await describeThisProcess(`run-${process.pid}`));
  writeSync(1, `${answer.kind}\n`);
  return answer.kind === 'acquired' ? answer.lease : undefined;
}

if (action === 'count') {
  for (let done = 0; done < Number(times); done += 1) {
    await store.update(stateId, (current) => recordOf(countOf(current) + 1));
  }
  await store.close();
  await database.close();
}
if (action === 'hold') {
  await takeLease(store);
  setInterval(() => {}, 1000);
}
if (action === 'write') {
  const lease = await takeLease(store);
  if (lease === undefined) process.exit(1);
  for (let count = countOf(await store.get(stateId)) + 1; ; count += 1) {
    await store.set(stateId, recordOf(count), { lease });
    writeSync(1, `${count}\n`);
  }
}
