import { expect, test } from 'vitest';
import { outOfRoom } from './out-of-room.ts';

test.each([
  ['IO Error: Could not write file "/x.duckdb": No space left on device', 'duckdb.disk_full', 'make room'],
  [
    'TransactionContext Error: Failed to commit: Could not write all bytes to file: Disk quota exceeded',
    'duckdb.disk_full',
    'make room',
  ],
  [
    'Out of Memory Error: failed to pin block of size 256.0 KiB',
    'duckdb.out_of_memory',
    'raise memory_limit',
  ],
])('%s', (message, code, hint) => {
  expect(outOfRoom(message, new Error(message))).toMatchObject({ code, hint: expect.stringContaining(hint) });
});

test('any other failure is none of these', () => {
  expect(outOfRoom('Binder Error: no such column', undefined)).toBeUndefined();
});
