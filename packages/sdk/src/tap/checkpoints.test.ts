import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from './define-tap.ts';
import { defineStream } from './stream.ts';

const start = Date.UTC(2024, 0, 2);
const second = 1_000;

/** How many states are sent with records of four seconds each, where the clock is once moved by so many milliseconds. */
async function statesOf(shift: number): Promise<number> {
  let now = start;
  const stream = defineStream({
    name: 'rows',
    schema: s.object({ id: s.integer() }),
    replicationKey: 'id',
    sorted: true,
    async *records() {
      for (let id = 0; id < 30; id += 1) {
        now += id === 10 ? shift : 4 * second;
        yield await Promise.resolve({ id });
      }
    },
  });
  const open = await defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    streams: [stream],
  }).open({
    config: {},
    log: { log: () => {} },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
  });
  let states = 0;
  for await (const item of open.read('record')) if (item.kind === 'state') states += 1;
  await open.close();
  return states;
}

test('states go on where the clock is set back', async () => {
  const usual = await statesOf(4 * second);
  expect(usual).toBeGreaterThan(5);
  expect(await statesOf(-3_600 * second)).toBeGreaterThanOrEqual(usual);
});
