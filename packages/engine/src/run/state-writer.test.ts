import type { Clock } from '@meltano/foundation/clock';
import { expect, test } from 'vitest';
import { createMemoryStateStore } from '../../test/support/memory-state-store.ts';
import { until } from '../../test/support/until.ts';
import { createStateWriter } from './state-writer.ts';

/** A clock whose sleepers wake when the test says so. */
function heldClock() {
  const sleepers: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
        if (signal?.aborted) resolve();
      }),
  };
  return { clock, wake: () => sleepers.splice(0).forEach((each) => each()), sleepers };
}

async function writer() {
  const { clock, wake, sleepers } = heldClock();
  const memory = createMemoryStateStore();
  const holder = { runId: 'r', host: 'h', bootId: 'b', pid: 1, processStart: '0' };
  const answer = await memory.store.acquireLease('s', holder);
  if (answer.kind !== 'acquired') throw new Error('no lease');
  const failures: unknown[] = [];
  const states = createStateWriter({
    store: memory.store,
    stateId: 's',
    lease: () => answer.lease,
    partial: false,
    clock,
    onStored: async () => {},
    onFailure: (error) => failures.push(error),
  });
  return { ...memory, states, wake, sleepers, failures };
}

test('the first state is written at once, those that follow within the second are one write, the last is never lost', async () => {
  const { states, writes, wake, sleepers } = await writer();
  states.offer({ id: 1 });
  await until(() => sleepers.length === 1);
  states.offer({ id: 2 });
  states.offer({ id: 3 });
  expect(writes).toHaveLength(1);
  wake();
  await until(() => sleepers.length === 1);
  states.offer({ id: 4 });
  states.offer({ id: 5 });
  await states.flush();
  expect(writes.map((record) => record.completed['singer_state'])).toEqual([{ id: 1 }, { id: 3 }, { id: 5 }]);
  expect(states.storedCount()).toBe(3);
});

test('the same state is not written twice, and states after a flush are', async () => {
  const { states, writes } = await writer();
  states.offer({ id: 1 });
  await states.flush();
  states.offer({ id: 1 });
  await states.flush();
  states.offer({ id: 2 });
  await states.flush();
  expect(writes).toHaveLength(2);
});

test('a lost lease stops all writing (Invariant 3)', async () => {
  const { states, writes, steal, failures } = await writer();
  states.offer({ id: 1 });
  await states.flush();
  steal('s');
  states.offer({ id: 2 });
  await expect(states.flush()).rejects.toThrow(expect.objectContaining({ code: 'state.lease_lost' }));
  states.offer({ id: 3 });
  await expect(states.flush()).rejects.toThrow(/lease/);
  expect(writes).toHaveLength(1);
  expect(failures).toHaveLength(1);
});
