import assert from 'node:assert/strict';
import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem, Target } from '../connector.ts';
import { contextOf } from './drive-tap.ts';
import { assertRows } from './rows.ts';
import { records, schema, state, users } from './target-items.ts';
import type { TargetSuiteOptions } from './target-suite-options.ts';

/** The source of the crashes: it sends what is new after a state, and that state's record once more. */
const changes = [1, 2, 3, 1, 4, 2].map((id, at) => ({ id, name: `change ${at + 1}` }));

function* changesAfter(reached: number): Generator<RecordItem> {
  yield schema('users', users);
  for (const [at, row] of changes.entries()) {
    if (at + 1 < reached) continue;
    yield records('users', row);
    yield state({ at: at + 1 });
  }
}

/** Lets every item and every acknowledgement fail once, and runs the target again from what was acknowledged. */
export async function assertCrashes(options: CrashOptions): Promise<void> {
  const steps = [...changesAfter(0)].length;
  for (let step = 0; step <= steps; step += 1) await assertCrash(options, { afterItems: step });
  for (let state = 1; state <= changes.length; state += 1) await assertCrash(options, { atState: state });
}

type CrashOptions = Pick<TargetSuiteOptions, 'target' | 'config' | 'read'>;

interface Crash {
  readonly afterItems?: number;
  readonly atState?: number;
}

async function assertCrash({ target, config, read }: CrashOptions, crash: Crash): Promise<void> {
  const given = await config();
  let reached = await loadUntil(target, given, crash, 0);
  reached = await loadUntil(target, given, {}, reached);
  const where = JSON.stringify(crash);
  assert.equal(reached, changes.length, `${where}: the last state is not acknowledged in the second run`);
  const last = new Map(changes.map((row) => [row.id, row]));
  try {
    assertRows(await read(given, 'users'), [...last.values()]);
  } catch (cause) {
    throw new assert.AssertionError({ message: `after a crash at ${where}: ${errorMessage(cause)}` });
  }
}

/** Loads until it crashes, or to the end, and tells how far the acknowledged states have come. */
async function loadUntil(target: Target, config: JsonObject, crash: Crash, from: number): Promise<number> {
  let reached = from;
  let states = 0;
  const items = async function* (): AsyncGenerator<RecordItem> {
    let sent = 0;
    for (const item of changesAfter(from)) {
      if (sent === crash.afterItems) throw new Error('the source is gone');
      sent += 1;
      yield item;
      // What a target does by itself happens between items.
      await new Promise(setImmediate);
    }
  };
  const open = await target.open(contextOf(config));
  try {
    await open.load(items(), {
      async acknowledge(value) {
        states += 1;
        if (states === crash.atState) throw new Error('the state store is gone');
        reached = (value as { readonly at: number }).at;
      },
    });
  } catch (error) {
    assert.match(errorMessage(error), /is gone/);
  } finally {
    await open.close();
  }
  return reached;
}
