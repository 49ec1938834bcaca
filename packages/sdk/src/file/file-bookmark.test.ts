import type { JsonObject } from '@meltano/foundation/json';
import { expect, test, vi } from 'vitest';
import { createFileBookmark } from './file-bookmark.ts';
import type { FoundFile } from './find-files.ts';

const fileAt = (at: number, bytes = 1): FoundFile => ({
  name: `f${at}`,
  path: `/f${at}`,
  modified: `2024-01-0${(at % 9) + 1}T00:00:00.000000Z`,
  bytes,
});

test('a bookmark names the files that were read when it was made, however late it is looked at', () => {
  const [a, b, gone] = [fileAt(1), fileAt(2), fileAt(3)];
  const first = createFileBookmark(undefined, [a, gone]);
  first.after(a);
  const previous = first.after(gone);
  const changed = fileAt(1, 2);
  const second = createFileBookmark(previous, [changed, b]);
  expect([second.isRead(a), second.isRead(changed), second.isRead(b)]).toEqual([true, false, false]);
  const one = second.after(changed);
  const two = second.after(b);
  expect(two['files']).toEqual({ f1: `${changed.modified} 2`, f2: `${b.modified} 1` });
  expect(one['files']).toEqual({ f1: `${changed.modified} 2` });
});

test('thousands of bookmarks cost no more than thousands of files', () => {
  const files = Array.from({ length: 5_000 }, (_, at) => fileAt(at));
  const bookmark = createFileBookmark(undefined, files);
  const made = vi.spyOn(Object, 'fromEntries');
  let last: JsonObject = {};
  for (const file of files) last = bookmark.after(file);
  expect(made).not.toHaveBeenCalled();
  expect(Object.keys(last['files'] as JsonObject)).toHaveLength(5_000);
  expect(last['files']).toBe(last['files']);
  expect(made).toHaveBeenCalledTimes(1);
  made.mockRestore();
});
