import { afterEach, expect, test } from 'vitest';
import { spoolBody } from './spool-body.ts';

const before = process.env['TMPDIR'];
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

const mebibyte = new Uint8Array(1024 * 1024).fill(7);

const bodyOf = (mebibytes: number) =>
  new Response(ReadableStream.from(Array.from({ length: mebibytes }, () => mebibyte)));

async function sizeOf(mebibytes: number): Promise<number> {
  const spooled = await spoolBody(bodyOf(mebibytes), Number.POSITIVE_INFINITY);
  if ('tries' in spooled) throw new Error(spooled.reason);
  let size = 0;
  for await (const chunk of spooled.chunks()) {
    expect(chunk.every((byte) => byte === 7)).toBe(true);
    size += chunk.length;
  }
  expect(spooled.head).toHaveLength(64 * 1024);
  await spooled.close();
  return size;
}

test('what is large lies in a file, and what is small does not', async () => {
  expect(await sizeOf(9)).toBe(9 * mebibyte.length);
  process.env['TMPDIR'] = '/nowhere';
  expect(await sizeOf(3)).toBe(3 * mebibyte.length);
  await expect(sizeOf(9)).rejects.toMatchObject({
    code: 'http.not_kept',
    message: expect.stringContaining('cannot be kept in /nowhere'),
  });
});
