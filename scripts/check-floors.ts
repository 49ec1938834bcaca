// Checks the import floors, and that the check itself bites: the control tree in test/floors breaks every rule.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const root = resolve(import.meta.dirname, '..');
const configFile = resolve(root, '.dependency-cruiser.js');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, written in JavaScript for the tool
const { default: config } = (await import(configFile)) as {
  default: { forbidden: readonly { name: string }[] };
};

function cruise(folder: string, ...paths: readonly string[]): Cruise {
  const program = resolve(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    program,
    '--config',
    resolve(root, '.dependency-cruiser.js'),
    '--output-type',
    'json',
    ...paths,
  ];
  const text = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tool's own documented output
  return JSON.parse(text) as Cruise;
}

function fail(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

const control = cruise(resolve(root, 'test/floors'), 'packages', 'connectors');
const caught = new Set(control.summary.violations.map((violation) => violation.rule.name));
const silent = config.forbidden.map((rule) => rule.name).filter((name) => !caught.has(name));
if (silent.length > 0) {
  fail([
    `check-floors: these rules caught nothing in test/floors, so they prove nothing: ${silent.join(', ')}`,
  ]);
}

const real = cruise(root, 'packages', 'connectors');
const seen = new Set(real.modules.map((module) => module.source));
const tracked = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'packages/*.ts', 'connectors/*.ts'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file.includes('/src/') && !file.endsWith('.test.ts'))
  // One that was moved is tracked until the move is committed.
  .filter((file) => existsSync(resolve(root, file)));
const unseen = tracked.filter((file) => !seen.has(file));
if (unseen.length > 0) fail(['check-floors: the checker did not see these files:', ...unseen]);

const { violations } = real.summary;
if (violations.length > 0) {
  fail(violations.map(({ rule, from, to }) => `check-floors: ${rule.name}: ${from} may not import ${to}`));
}
