import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

/** The shell blocks of a document, in order, as one script. */
async function shellBlocks(file: string): Promise<string> {
  const text = await readFile(resolve(root, file), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');
}

it.each([
  ['docs/guide/first-pipeline.md', '{"singer_state":'],
  ['docs/guide/airflow.md', '"cron_interval": "0 0 * * *"'],
])(
  '%s does what it says',
  async (file, printed) => {
    const folder = await mkdtemp(join(tmpdir(), 'meltano-guide-'));
    try {
      const env = { ...process.env, PATH: `${resolve(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
      const script = await shellBlocks(file);
      expect(script).not.toBe('');
      const { stdout } = await run('sh', ['-eux', '-c', script], { cwd: folder, env });
      expect(stdout).toContain(printed);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

it.each(['examples/csv-to-duckdb'])(
  '%s runs as its README says',
  async (example) => {
    const folder = await mkdtemp(join(tmpdir(), 'meltano-example-'));
    try {
      await cp(resolve(root, example), folder, {
        recursive: true,
        filter: (path) => !path.includes('.meltano'),
      });
      const env = { ...process.env, PATH: `${resolve(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
      const { stdout } = await run('sh', ['-eux', '-c', await shellBlocks(`${example}/README.md`)], {
        cwd: folder,
        env,
      });
      expect(stdout).toContain('dev:tap-csv-to-target-duckdb');
      expect(stdout).toContain('prod:tap-csv-to-target-duckdb');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
