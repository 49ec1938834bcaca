import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openInput } from './open-input.ts';

const content = `first\n${'x'.repeat(1_000_000)}\nlast`;

function writtenFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'input-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'input.jsonl');
  writeFileSync(file, content);
  return file;
}

test('reads a file, and a stream as it is', async () => {
  expect(await text(openInput(writtenFile()))).toBe(content);
  const stream = Readable.from(['a', 'b']);
  expect(openInput(stream)).toBe(stream);
});

test('reads a file at standard input from where the shell has left it', () => {
  const module = new URL('open-input.ts', import.meta.url).href;
  const program = `const { openInput } = await import(${JSON.stringify(module)});
    let size = 0, pieces = 0;
    for await (const piece of openInput(process.stdin)) { size += piece.length; pieces += 1; }
    console.log(JSON.stringify({ size, pieces }));`;
  const file = openSync(writtenFile(), 'r');
  readSync(file, Buffer.alloc(6), 0, 6, null);
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    stdio: [file, 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  closeSync(file);
  expect(JSON.parse(stdout)).toEqual({ size: content.length - 6, pieces: 2 });
});
