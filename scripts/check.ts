// Every check that needs no test run, each with its time. Stops at nothing: all findings are shown at once.
import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = resolve(root, 'node_modules/.bin');
const sources = '--conditions=meltano-source';

const checks: Readonly<Record<string, readonly string[]>> = {
  format: ['biome', 'check', '--error-on-warnings', '.'],
  types: ['tsc'],
  portable: ['tsc', '-p', 'tsconfig.portable.json'],
  lint: ['oxlint'],
  floors: ['node', 'scripts/check-floors.ts'],
  launchers: ['node', 'scripts/check-launchers.ts'],
  definitions: ['node', sources, 'scripts/definitions.ts', '--check'],
  reference: ['node', sources, 'scripts/reference.ts', '--check'],
  'sdk-reference': ['node', 'scripts/sdk-reference.ts', '--check'],
  distribution: ['node', 'scripts/distribution.ts', '--check'],
  unused: ['knip'],
};

interface Finding {
  readonly name: string;
  readonly seconds: string;
  readonly code: number | null;
  readonly output: string;
}

function run(name: string, [command = '', ...args]: readonly string[]): Promise<Finding> {
  const startedAt = performance.now();
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(command, args, { cwd: root, env });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      done({ name, seconds, code, output: Buffer.concat(chunks).toString() });
    });
  });
}

const findings: Finding[] = [];
const waiting = Object.entries(checks);
async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const finding = await run(...next);
    findings.push(finding);
    console.log(`${finding.code === 0 ? 'ok  ' : 'FAIL'} ${finding.name.padEnd(12)} ${finding.seconds} s`);
    if (finding.code !== 0) console.log(finding.output);
  }
}
await Promise.all([work(), work()]);
if (findings.some((finding) => finding.code !== 0)) process.exit(1);
