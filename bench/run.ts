// Runs the benchmarks; see METHOD.md. Usage: npm run bench [-- <case>…]
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { measureCommands } from './commands.ts';
import { measure, median, printTable, type Variant } from './measure.ts';
import { measureSdk } from './sdk.ts';

const root = resolve(import.meta.dirname, '..');
const fixtures = resolve(import.meta.dirname, 'fixtures');
const node = process.execPath;
const built = `${node} ${resolve(root, 'packages/cli/dist/main/meltano.js')}`;
const oracle = process.env['MELTANO_ORACLE'];
const folder = mkdtempSync(join(tmpdir(), 'meltano-bench-'));
const records = Number(process.env['BENCH_RECORDS'] ?? 1_000_000);

function script(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

async function writeLines(path: string, count: number): Promise<void> {
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  out.write(
    `${JSON.stringify({ type: 'SCHEMA', stream: 'orders', schema: { properties: { id: { type: 'integer' } } }, key_properties: ['id'] })}\n`,
  );
  for (let n = 0; n < count; n += 1) {
    const line = `{"type": "RECORD", "stream": "orders", "record": {"id": ${n}, "quantity": ${n % 97}, "name": "customer number ${String(n).padStart(9, '0')}", "city": "city ${n % 1000}", "note": "nothing to say about this one", "amount": ${n % 10000}.25, "updated_at": "2026-01-01T00:00:00.000000Z", "paid": true, "day": "2026-01-01", "extra": {"a": 1}}}\n`;
    if (!out.write(line)) await once(out, 'drain');
    if (n % 10_000 === 9_999)
      out.write(`{"type": "STATE", "value": {"bookmarks": {"orders": {"id": ${n}}}}}\n`);
  }
  out.end();
  await once(out, 'finish');
}

/** A project whose tap and target are these two programs. */
function project(name: string, tap: string, target: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(
    join(path, 'meltano.yml'),
    `default_environment: dev
project_id: 0196f1b2-0000-7000-8000-000000000000
send_anonymous_usage_stats: false
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-bench, namespace: tap_bench, executable: ${tap}, capabilities: [state]}
  loaders:
  - {name: target-bench, namespace: target_bench, executable: ${target}}
`,
  );
  return path;
}

function runners(cwd: string): readonly Variant[] {
  const run = 'run --full-refresh tap-bench target-bench 2>/dev/null';
  return [
    { name: 'meltano (this one)', command: `${built} ${run}`, cwd, watch: 'meltano.js' },
    ...(oracle === undefined ? [] : [{ name: 'meltano (Python)', command: `${oracle} ${run}`, cwd }]),
  ];
}

const drain = () => script('drain-target', `cat > /dev/null; echo '{"bookmarks": {"orders": {"id": 1}}}'`);

const cases: Readonly<Record<string, () => Promise<void>>> = {
  async 'pass-through'() {
    const data = join(folder, 'orders.jsonl');
    await writeLines(data, records);
    const [tap, target] = [script('cat-tap', `exec cat ${data}`), drain()];
    const results = await measure([
      { name: 'shell pipe', command: `${tap} | ${target}` },
      ...runners(project('pass-through', tap, target)),
    ]);
    printTable(`pass-through: ${records} records`, results, records);
    const cpu = (name: string) => median((results.get(name) ?? []).map((run) => run.cpu));
    const own = ((cpu('meltano (this one)') - cpu('shell pipe')) * 1e6) / records;
    console.log(`CPU of the runner alone: ${own.toFixed(2)} us per record (start-up included)`);
  },
  async flushing() {
    // Many enough that start-up does not hide what a record costs.
    const count = records;
    const tap = script('flushing-tap', `exec python3 ${fixtures}/flushing-tap.py ${count}`);
    const target = script('parsing-target', `exec python3 ${fixtures}/parsing-target.py`);
    const results = await measure([
      { name: 'shell pipe', command: `${tap} | ${target}` },
      ...runners(project('flushing', tap, target)),
    ]);
    printTable(`flushing: ${count} records, one flush each`, results, count);
  },
  async 'start-up'() {
    const python: readonly Variant[] =
      oracle === undefined ? [] : [{ name: 'meltano (Python) --version', command: `${oracle} --version` }];
    const results = await measure(
      [
        { name: 'node -e 0', command: `${node} -e 0` },
        { name: 'meltano --version', command: `${built} --version` },
        { name: 'meltano --help', command: `${built} --help` },
        ...python,
      ],
      15,
    );
    printTable('start-up', results);
  },
  async 'empty-run'() {
    const tap = script('empty-tap', 'exit 0');
    const target = script('empty-target', 'cat > /dev/null');
    const results = await measure([
      { name: 'shell pipe', command: `${tap} | ${target}` },
      ...runners(project('empty-run', tap, target)),
    ]);
    printTable('empty-run: nothing to move', results);
    const wall = (name: string) => median((results.get(name) ?? []).map((run) => run.wall));
    console.log(
      `beyond the plugins' own time: ${(wall('meltano (this one)') - wall('shell pipe')).toFixed(3)} s`,
    );
  },
  commands: () => measureCommands({ folder, built, oracle }),
  sdk: () => measureSdk(folder),
  async memory() {
    const csv = join(folder, 'big.csv');
    const out = createWriteStream(csv, { highWaterMark: 1 << 20 });
    out.write('id,name,city,amount,updated_at\n');
    for (let n = 0; n < records * 2; n += 1) {
      if (!out.write(`${n},customer number ${n},"city ${n % 1000}",${n % 10000}.25,2026-01-01T00:00:00Z\n`))
        await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
    const cwd = join(folder, 'memory');
    mkdirSync(cwd);
    writeFileSync(
      join(cwd, 'meltano.yml'),
      `default_environment: dev
project_id: 0196f1b2-0000-7000-8000-000000000000
send_anonymous_usage_stats: false
environments: [{name: dev}]
plugins:
  extractors:
  - name: tap-csv
    variant: native
    config: {files: [{entity: big, path: ${csv}, keys: [id]}]}
  loaders:
  - name: target-duckdb
    variant: native
    config: {filepath: warehouse.duckdb, load_method: append-only, memory_limit: 256MB}
`,
    );
    const results = await measure(
      [
        {
          name: 'tap-csv -> target-duckdb',
          command: `rm -f warehouse.duckdb; ${built} run --full-refresh tap-csv target-duckdb 2>/dev/null`,
          cwd,
          watch: 'meltano.js',
        },
      ],
      2,
    );
    printTable(`memory: ${records * 2} records, native pair, DuckDB limited to 256 MB`, results, records * 2);
  },
};

try {
  execFileSync(node, ['--conditions=meltano-source', resolve(root, 'scripts/build.ts')], {
    stdio: 'inherit',
  });
  const wanted = process.argv.slice(2);
  for (const [name, run] of Object.entries(cases))
    if (wanted.length === 0 || wanted.includes(name)) await run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
