import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a PostgreSQL server whose role may create databases, e.g. `postgresql://postgres@127.0.0.1:5432/postgres`. */
    postgres: string;
  }
}

/**
 * Gives the integration tests a real PostgreSQL: the one named by `TEST_POSTGRES_URL`, or else one that is
 * started for this run. The server lives in a process of its own (see postgres-keeper.ts) so that it ends
 * with the run, whatever ends the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_POSTGRES_URL'];
  if (given) {
    project.provide('postgres', given);
    return async () => {};
  }
  const keeper = spawn(
    process.execPath,
    [...process.execArgv, new URL('postgres-keeper.ts', import.meta.url).pathname],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    },
  );
  const ended = once(keeper, 'exit');
  const first = await Promise.race([
    once(createInterface({ input: keeper.stdout }), 'line'),
    ended.then(([code]) =>
      Promise.reject(
        new Error(`the test PostgreSQL ended with exit code ${String(code)} before it was ready`),
      ),
    ),
  ]);
  project.provide('postgres', String(first[0]));
  return async () => {
    keeper.stdin.end();
    await ended;
  };
}
