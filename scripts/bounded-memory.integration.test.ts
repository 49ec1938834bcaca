import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

// Invariant 9. All the records together take some six times the memory that the program is given.
it('a tap and a sink in one process move more records than fit into memory', async () => {
  const { stderr } = await run(
    process.execPath,
    ['--max-old-space-size=64', '--conditions=meltano-source', resolve(root, 'bench/fixtures/sdk-pair.ts')],
    { cwd: root, env: { ...process.env, COUNT: '1500000', NODE_OPTIONS: '' } },
  );
  expect(stderr).not.toContain('heap');
}, 120_000);
