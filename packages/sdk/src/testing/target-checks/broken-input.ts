import assert from 'node:assert/strict';
import { type JsonValue, jsonEquals } from '@meltano/foundation/json';
import type { RecordItem } from '../../connector.ts';
import { contextOf } from '../drive-tap.ts';
import { records, schema, state, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';

export async function assertBrokenInput({ target, config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const broken = async function* (): AsyncGenerator<RecordItem> {
    yield schema('users', users);
    yield records('users', { id: 1, name: 'a' });
    yield state({ at: 1 });
    yield records('users', { id: 2, name: 'b' });
    throw new Error('the source is gone');
  };
  const open = await target.open(contextOf(given));
  const states: JsonValue[] = [];
  try {
    await assert.rejects(
      open.load(broken(), { acknowledge: async (value) => void states.push(value) }),
      /the source is gone/,
      'the failure of the input is not passed on',
    );
  } finally {
    await open.close();
  }
  const found = await read(given, 'users');
  if (states.length > 0)
    assert.ok(
      found.some((row) => jsonEquals(row['id'] ?? null, 1)),
      'a state is acknowledged before its records',
    );
}
