import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

// The tour checks the numbers of loaded rows against the source files by itself, and fails when they differ.
it('shows the tour, plain when piped and within 80 columns', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-demo-'));
  try {
    const { stdout, stderr } = await run(process.execPath, ['scripts/demo.ts', join(folder, 'demo')], {
      cwd: root,
    });
    expect(stdout).toContain('3376 rows loaded,   3376 records in airports.csv');
    expect(stdout).not.toContain('\u001b');
    expect(stderr).not.toContain('error');
    expect(stdout).toContain('succeeded after');
    expect(stdout).toContain('The project lies in');
    const own = stdout.split('\n').filter((line) => line.startsWith('  ') || line.startsWith('──'));
    for (const line of own.filter((each) => !each.includes(folder)))
      expect(line.length, line).toBeLessThanOrEqual(80);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
