import { expect, it } from 'vitest';
import { abortable } from './abort.ts';

it('passes the result on, and rejects when the signal comes first', async () => {
  const controller = new AbortController();
  expect(await abortable(Promise.resolve(7), controller.signal)).toBe(7);
  const waiting = abortable(new Promise(() => {}), controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'run.cancelled' });
  await expect(abortable(Promise.resolve(1), controller.signal)).rejects.toMatchObject({
    category: 'cancelled',
  });
});
