// The tour of the README: a project made with the CLI's own commands, real public data, a DuckDB file, two runs.
// Usage: npm run demo [-- <folder>]   The folder (default: ./demo) is made anew.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const root = resolve(import.meta.dirname, '..');
const meltano = resolve(root, 'bin/meltano');
const datasets = resolve(root, 'node_modules/vega-datasets/data');
const project = resolve(process.argv[2] ?? resolve(root, 'demo'));

/** Public data with keys, dates, empty values, quoted text; row counts are checked against the files below. */
const files = [
  { entity: 'airports', path: 'data/airports.csv', keys: ['iata'] },
  { entity: 'weather', path: 'data/seattle-weather.csv', keys: ['date'], only_modified: true },
  { entity: 'countries', path: 'data/gapminder-health-income.csv', keys: ['country'] },
  { entity: 'disasters', path: 'data/disasters.csv', keys: ['Entity', 'Year'] },
  { entity: 'riots', path: 'data/la-riots.csv', keys: ['first_name', 'last_name', 'death_date'] },
];

const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
const say = (text: string) => process.stdout.write(`${text}\n`);

function chapter(title: string): void {
  say(`\n${bold(`── ${title} `.padEnd(78, '─'))}`);
}

/** Shows the command as a person would type it, and runs it; the tour ends when a command fails. */
function run(
  args: readonly string[],
  options: { readonly cwd?: string; readonly shown?: string } = {},
): void {
  say(`${bold('$')} ${bold(options.shown ?? `meltano ${args.map(quote).join(' ')}`)}`);
  const { status, error } = spawnSync(meltano, args, {
    cwd: options.cwd ?? project,
    stdio: ['ignore', 'inherit', 'inherit'],
    // The tour shows results; without this line every command also tells what it does.
    env: { ...process.env, MELTANO_CLI_LOG_LEVEL: 'warning' },
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    say(`\nThe command above ended with exit code ${status}; the tour stops here.`);
    process.exit(1);
  }
}

/** At a terminal a run ends with its report; elsewhere it is asked for. */
function load(): void {
  run(['run', 'tap-csv', 'target-duckdb']);
  if (!process.stderr.isTTY) run(['runs', 'show']);
}

function quote(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(resolve(project, 'output/warehouse.duckdb'), {
    access_mode: 'READ_ONLY',
  });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Records of a CSV file, counted independently of the connector: line ends outside quotes. */
function countRecords(file: string): number {
  const unquoted = readFileSync(file, 'utf8').replace(/"[^"]*"/g, '');
  return unquoted.split(/\r?\n/).filter((line) => line !== '').length - 1;
}

async function checkCounts(): Promise<void> {
  for (const { entity, path } of files) {
    const [[loaded] = []] = await query(`SELECT count(*)::INTEGER FROM tap_csv.${entity}`);
    const expected = countRecords(resolve(project, path));
    say(
      `  ${entity.padEnd(10)} ${String(loaded).padStart(6)} rows loaded, ${String(expected).padStart(6)} records in ${basename(path)}`,
    );
    if (Number(loaded) !== expected)
      throw new Error(`${entity}: ${String(loaded)} rows, expected ${expected}`);
  }
}

async function show(sql: string): Promise<void> {
  say(`${bold('sql>')} ${sql}`);
  for (const row of await query(sql)) say(`  ${row.map(String).join('  ')}`);
}

const started = performance.now();
if (existsSync(project)) {
  if (!existsSync(resolve(project, 'meltano.yml')))
    throw new Error(`${project} exists and is no Meltano project: name another folder`);
  rmSync(project, { recursive: true });
}

chapter('A new project');
run(['init', '--no-usage-stats', basename(project)], { cwd: dirname(project) });

chapter('An extractor for CSV files, a loader for DuckDB');
run(['add', 'tap-csv', 'target-duckdb']);
mkdirSync(resolve(project, 'data'));
for (const { path } of files) copyFileSync(resolve(datasets, basename(path)), resolve(project, path));
writeFileSync(resolve(project, 'files.json'), `${JSON.stringify(files, null, 2)}\n`);
say(`${bold('$')} ${bold('head -5 files.json')}`);
say(JSON.stringify(files, null, 2).split('\n').slice(0, 5).join('\n'));
run(['config', 'set', 'tap-csv', 'csv_files_definition', 'files.json']);
run(['config', 'set', 'target-duckdb', 'filepath', 'output/warehouse.duckdb']);
run(['config', 'set', 'target-duckdb', 'load_method', 'upsert']);
run(['select', 'tap-csv', '*', '*']);
run(['select', 'tap-csv', 'riots', 'address', '--exclude']);

chapter('The first run');
load();

chapter('The same run again: nothing twice');
load();

chapter('What is remembered');
run(['runs', 'list']);
run(['state', 'list']);
run(['state', 'get', 'dev:tap-csv-to-target-duckdb']);

chapter('What was loaded');
await checkCounts();
await show(
  'SELECT state, count(*) AS airports FROM tap_csv.airports GROUP BY state ORDER BY 2 DESC, 1 LIMIT 3',
);
await show(
  "SELECT weather, count(*) AS days FROM tap_csv.weather WHERE date LIKE '2012-%' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3",
);

chapter('Next');
const seconds = ((performance.now() - started) / 1000).toFixed(0);
say(`Done in ${seconds} s. The project lies in ${project}`);
say('Try:');
say(`  cd ${relative(process.cwd(), project) || '.'}`);
say(`  ${relative(project, meltano)} config list tap-csv`);
say(`  ${relative(project, meltano)} select tap-csv --list`);
say(`  ${relative(project, meltano)} run --full-refresh tap-csv target-duckdb`);
say(`  ${relative(project, meltano)} --help`);
