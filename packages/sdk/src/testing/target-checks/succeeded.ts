import assert from 'node:assert/strict';
import type { LoadRun } from '../drive-target.ts';

export function assertSucceeded(run: LoadRun): void {
  assert.equal(run.failure, undefined, `the load failed: ${run.failure}`);
}
