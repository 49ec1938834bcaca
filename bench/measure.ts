import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measurement {
  readonly wall: number;
  /** User and system seconds of the whole process tree. */
  readonly cpu: number;
  /** Peak memory in MB of the measured program's own process; undefined where the system does not tell. */
  readonly peakMb: number | undefined;
}

export interface Variant {
  readonly name: string;
  /** A command of bash. */
  readonly command: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Part of the command line by which the process is found whose memory counts. */
  readonly watch?: string;
}

/** Runs the variants in turn; the first round does not count. */
export async function measure(
  variants: readonly Variant[],
  rounds = 5,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const all = new Map<string, Measurement[]>(variants.map((variant) => [variant.name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const variant of variants) {
      const measurement = await runOnce(variant);
      if (round > 0) all.get(variant.name)?.push(measurement);
    }
  }
  return all;
}

async function runOnce(variant: Variant): Promise<Measurement> {
  const script = `TIMEFORMAT='%R %U %S'; time { ${variant.command}\n}`;
  const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
    cwd: variant.cwd,
    env: { ...process.env, ...variant.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  let peakMb: number | undefined;
  const timer = setInterval(() => {
    const seen = variant.watch === undefined ? undefined : peakMemory(child.pid ?? 0, variant.watch);
    if (seen !== undefined) peakMb = Math.max(peakMb ?? 0, seen);
  }, 20);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(timer);
  if (code !== 0) throw new Error(`${variant.name} ended with ${String(code)}:\n${text}`);
  const [wall = 0, user = 0, system = 0] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wall, cpu: user + system, peakMb };
}

/** Largest VmHWM among the descendants whose command line holds the text. */
function peakMemory(root: number, watch: string): number | undefined {
  let peak: number | undefined;
  for (const pid of descendants(root)) {
    try {
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (!line.includes(watch) || !program.includes('node')) continue;
      const kb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      if (Number.isFinite(kb)) peak = Math.max(peak ?? 0, kb / 1024);
    } catch {
      // The process has ended between the two looks.
    }
  }
  return peak;
}

function descendants(root: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${root}/task/${root}/children`, 'utf8').trim();
    return children === ''
      ? []
      : children
          .split(' ')
          .map(Number)
          .flatMap((pid) => [pid, ...descendants(pid)]);
  } catch {
    return [];
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A line per variant: medians, and the median of the round-by-round wall ratios to the first variant. */
export function printTable(
  title: string,
  results: ReadonlyMap<string, readonly Measurement[]>,
  records?: number,
): void {
  const [first] = results.values();
  console.log(`\n${title}`);
  console.log(
    `${'variant'.padEnd(30)} ${'wall s'.padStart(8)} ${'CPU s'.padStart(8)} ${'x wall'.padStart(8)} ${'peak MB'.padStart(8)}${records === undefined ? '' : `${'CPU us/record'.padStart(15)}`}`,
  );
  for (const [name, runs] of results) {
    const ratio = median(runs.map((run, index) => run.wall / (first?.[index]?.wall ?? run.wall)));
    const peaks = runs.map((run) => run.peakMb).filter((peak) => peak !== undefined);
    const cpu = median(runs.map((run) => run.cpu));
    const perRecord = records === undefined ? '' : ((cpu * 1e6) / records).toFixed(2).padStart(15);
    console.log(
      `${name.padEnd(30)} ${median(runs.map((run) => run.wall))
        .toFixed(3)
        .padStart(
          8,
        )} ${cpu.toFixed(3).padStart(8)} ${ratio.toFixed(2).padStart(8)} ${(peaks.length > 0 ? Math.max(...peaks).toFixed(0) : '').padStart(8)}${perRecord}`,
    );
  }
}
