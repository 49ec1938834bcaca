import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import type { Chain } from './chain.ts';
import type { Link } from './link/link.ts';
import { openProgressReporter } from './progress-reporter.ts';
import type { Stage } from './stage.ts';

function stage(role: Stage['role'], plugin: string): Stage {
  const never = new Promise<never>(() => {});
  return {
    role,
    plugin,
    exited: never,
    hasExited: () => false,
    ended: never,
    drain() {},
    kill() {},
    clearUp() {},
    isGivenUp: () => false,
  };
}

/** A chain of a tap and a target whose only link stands as the test says. */
function chain(state: { bytes: number; waiting: boolean; records: number }): Chain {
  const link: Link = {
    done: new Promise(() => {}),
    counts: () => [{ stream: 'rows', records: state.records, bytes: state.bytes }],
    bytesMoved: () => state.bytes,
    isWaitingForSink: () => state.waiting,
    sinkGone: async () => 0,
    abandon() {},
  };
  return {
    stages: [stage('extractor', 'tap-x'), stage('loader', 'target-y')],
    links: [link],
    statesRead: Promise.resolve(),
    loadReport: () => undefined,
    close() {},
  };
}

test('counts are reported when they change, and once more at the end', async () => {
  const state = { bytes: 10, waiting: false, records: 1 };
  const seen: unknown[] = [];
  const reporter = openProgressReporter(chain(state), {
    onProgress: (streams) => seen.push(streams),
    say() {},
  });
  await until(() => seen.length === 1);
  Object.assign(state, { bytes: 20, records: 2 });
  reporter.close();
  reporter.close();
  expect(seen).toEqual([[{ stream: 'rows', read: 1, bytes: 10 }], [{ stream: 'rows', read: 2, bytes: 20 }]]);
});

test.each([
  [true, 'warning: target-y has read nothing for'],
  [false, 'info: tap-x has written nothing for'],
])('a standstill is told, and who is waited for (target blocked: %s)', async (waiting, words) => {
  const said: string[] = [];
  const reporter = openProgressReporter(chain({ bytes: 1, waiting, records: 1 }), {
    onProgress() {},
    say: (level, event) => said.push(`${level}: ${event}`),
    standstillMs: 1,
  });
  await until(() => said.length > 0);
  reporter.close();
  expect(said[0]?.startsWith(words)).toBe(true);
});
