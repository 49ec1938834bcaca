import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'streams-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'config.json');
writeFileSync(config, '{}');

const program = join(import.meta.dirname, 'tap-talkative.test.support.ts');
const args = [
  '--conditions=meltano-source',
  '--disable-warning=ExperimentalWarning',
  program,
  '--config',
  config,
];

test('a tap whose log nobody reads any more goes on', async () => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.once('data', () => child.stderr.destroy());
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect([code, output.split('"RECORD"').length - 1]).toEqual([0, 2_000]);
});

test.runIf(process.platform === 'linux')(
  'an output that is full is not taken for a reader that ended',
  async () => {
    const child = spawn('sh', ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, ...args]);
    const [log, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(code).toBe(1);
    expect(log).toContain('The output cannot be written: ENOSPC');
    expect(log).toContain('Try: make room, then run again');
  },
);
