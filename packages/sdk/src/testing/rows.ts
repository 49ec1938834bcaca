import assert from 'node:assert/strict';
import { type JsonObject, jsonEquals, stringifyJson } from '@meltano/foundation/json';

/** Compares rows by value and without order; members of rows that are not asked for, and nulls, are left aside. */
export function assertRows(found: readonly JsonObject[], wanted: readonly JsonObject[]): void {
  const left = [...found];
  for (const row of wanted) {
    const at = left.findIndex((each) =>
      Object.entries(row).every(([name, value]) => jsonEquals(each[name] ?? null, value)),
    );
    assert.notEqual(at, -1, `no row equals ${stringifyJson(row)}; the rows are ${stringifyJson(found)}`);
    left.splice(at, 1);
  }
  assert.equal(left.length, 0, `there are ${left.length} rows too many: ${stringifyJson(left)}`);
}
