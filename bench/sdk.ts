// Records per second and CPU per record of the SDK beside the Meltano SDK for Python; see METHOD.md.
// Usage: MELTANO_SDK_PYTHON=/path/to/python npm run bench -- sdk
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type Measurement, measure, median, type Variant } from './measure.ts';

const fixtures = resolve(import.meta.dirname, 'fixtures');
const node = `${process.execPath} --conditions=meltano-source --disable-warning=ExperimentalWarning`;

interface Case {
  readonly name: string;
  /** The command for so many records. */
  readonly command: (count: number) => string;
  readonly count: number;
  /** The Python variants that it is compared with. */
  readonly peers?: readonly string[];
  readonly watch?: string;
}

/** Runs all cases in turn, each with its records and with one record: the difference is what records cost. */
export async function measureSdk(folder: string, rounds = 5): Promise<void> {
  const python = process.env['MELTANO_SDK_PYTHON'];
  const big = join(folder, 'rows-big.jsonl');
  const counts = { ours: 1_000_000, python: 100_000 };
  execFileSync('bash', [
    '-c',
    `COUNT=${counts.ours} ${node} ${fixtures}/sdk-tap-program.ts > ${big} 2>/dev/null`,
  ]);
  const input = (count: number) => {
    const file = join(folder, `rows-${count}.jsonl`);
    execFileSync('bash', ['-c', `head -n ${count + 1} ${big} > ${file}`]);
    return file;
  };
  const cases = [
    ...ours(counts.ours, input),
    ...(python === undefined ? [] : pythons(python, counts.python, input)),
  ];
  const variants = cases.flatMap((each): readonly Variant[] => [
    { name: each.name, command: each.command(each.count), ...(each.watch ? { watch: each.watch } : {}) },
    { name: `${each.name}, start-up`, command: each.command(1) },
  ]);
  const results = await measure(variants, rounds);
  print(cases, results);
}

const quiet = '> /dev/null 2>/dev/null';

function ours(count: number, input: (count: number) => string): readonly Case[] {
  return [
    {
      name: 'tap (this one)',
      count,
      command: (n) => `COUNT=${n} ${node} ${fixtures}/sdk-tap-program.ts ${quiet}`,
      peers: ['tap (Python)', 'tap (Python, msgspec, no conforming)'],
      watch: 'sdk-tap-program',
    },
    {
      name: 'target (this one)',
      count,
      command: (n) => `${node} ${fixtures}/sdk-target-program.ts < ${input(n)} ${quiet}`,
      peers: ['target (Python)', 'target (Python, msgspec)'],
      watch: 'sdk-target-program',
    },
    {
      name: 'tap and target in one process',
      count,
      command: (n) => `COUNT=${n} ${node} ${fixtures}/sdk-pair.ts ${quiet}`,
      peers: ['tap | target (Python)'],
      watch: 'sdk-pair',
    },
  ];
}

function pythons(python: string, count: number, input: (count: number) => string): readonly Case[] {
  const tap = (n: number, fast: string) => `COUNT=${n} ${fast}${python} ${fixtures}/sdk-tap.py 2>/dev/null`;
  const target = (fast: string) => `${fast}${python} ${fixtures}/sdk-target.py`;
  return [
    { name: 'tap (Python)', count, command: (n) => `${tap(n, '')} > /dev/null` },
    {
      name: 'tap (Python, msgspec, no conforming)',
      count,
      command: (n) => `${tap(n, 'FAST=1 ')} > /dev/null`,
    },
    { name: 'target (Python)', count, command: (n) => `${target('')} < ${input(n)} ${quiet}` },
    {
      name: 'target (Python, msgspec)',
      count,
      command: (n) => `${target('FAST=1 ')} < ${input(n)} ${quiet}`,
    },
    { name: 'tap | target (Python)', count, command: (n) => `${tap(n, '')} | ${target('')} ${quiet}` },
  ];
}

function print(cases: readonly Case[], results: ReadonlyMap<string, readonly Measurement[]>): void {
  const rate = ({ name, count }: Case, of: keyof Pick<Measurement, 'wall' | 'cpu'>) => {
    const value = (label: string) => median((results.get(label) ?? []).map((run) => run[of]));
    return (value(name) - value(`${name}, start-up`)) / (count - 1);
  };
  console.log('\nsdk: ten properties, start-up taken off');
  for (const each of cases) {
    const [wall, cpu] = [rate(each, 'wall'), rate(each, 'cpu')];
    const peak = median((results.get(each.name) ?? []).map((run) => run.peakMb ?? Number.NaN));
    const facts = `${Math.round(1 / wall).toLocaleString('en')} records/s, ${(cpu * 1e6).toFixed(2)} us CPU per record`;
    console.log(
      `${each.name.padEnd(40)} ${facts}${Number.isNaN(peak) ? '' : `, peak ${Math.round(peak)} MB`}`,
    );
    for (const peer of each.peers ?? []) {
      const other = cases.find(({ name }) => name === peer);
      if (other === undefined) continue;
      const ratios = `${(rate(other, 'wall') / wall).toFixed(1)} x by wall, ${(rate(other, 'cpu') / cpu).toFixed(1)} x by CPU`;
      console.log(`    against ${peer}: ${ratios}`);
    }
  }
}
