import { invokePlugin } from '@meltano/engine/run/invoke-plugin';
import type { Log } from '@meltano/foundation/log';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Host } from '../host.ts';
import type { Style } from '../render/style.ts';
import type { Session } from '../session.ts';
import { autoInstall } from './auto-install.ts';
import type { InstallChoice } from './options.ts';

interface TestOptions extends InstallChoice {
  readonly all?: boolean;
  readonly databaseUri?: string;
}

interface PluginTests {
  readonly plugin: ResolvedPlugin;
  readonly tests: readonly string[];
}

interface TestResult {
  readonly name: string;
  readonly passed: boolean;
}

/** `meltano test`. Source of the output: meltano-cli §21. */
export async function testPlugins(host: Host, names: readonly string[], options: TestOptions): Promise<void> {
  const session = await host.open({ command: 'test', environment: 'default', ...options });
  const chosen = await chooseTests(session, names, options.all ?? false);
  const testable = (await session.workspace.plugins()).filter((plugin) => testsOf(plugin).length > 0);
  if (!(await autoInstall(session, testable, options))) return;
  const results: TestResult[] = [];
  for (const { plugin, tests } of chosen) {
    for (const test of tests) results.push(await runTest(session, plugin, test));
  }
  for (const line of summaryLines(results, widthOf(session), session.outStyle)) session.print(line);
  if (results.some((result) => !result.passed)) host.exitCode = 1;
}

function testsOf(plugin: ResolvedPlugin): readonly string[] {
  return Object.keys(plugin.commands).filter((name) => name.startsWith('test'));
}

/** In the order of the project, whatever the order of the names. A named test may be any command. */
async function chooseTests(
  session: Session,
  names: readonly string[],
  all: boolean,
): Promise<readonly PluginTests[]> {
  const plugins = await session.workspace.plugins();
  if (all) return plugins.map((plugin) => ({ plugin, tests: testsOf(plugin) }));
  const wanted = new Map<ResolvedPlugin, Set<string>>();
  for (const given of names) {
    const [name = '', ...rest] = given.split(':');
    const test = rest.join(':');
    const plugin = await session.workspace.findPlugin(name);
    const tests = wanted.get(plugin) ?? new Set();
    for (const each of test === '' ? testsOf(plugin) : [test]) tests.add(each);
    wanted.set(plugin, tests);
  }
  return plugins
    .filter((plugin) => wanted.has(plugin))
    .map((plugin) => ({ plugin, tests: inOrder(plugin, wanted.get(plugin) ?? new Set()) }));
}

function inOrder(plugin: ResolvedPlugin, tests: ReadonlySet<string>): readonly string[] {
  const known = Object.keys(plugin.commands).filter((name) => tests.has(name));
  return [...known, ...[...tests].filter((name) => !known.includes(name))];
}

async function runTest(session: Session, plugin: ResolvedPlugin, test: string): Promise<TestResult> {
  const { engine, workspace, redactor } = session;
  const name = `${plugin.name}:${test}`;
  session.print('');
  session.print(separator(session.outStyle.bold(name), name.length, widthOf(session)));
  const exitCode = await invokePlugin(workspace, plugin, {
    ...engine.dependencies(),
    command: test,
    log: testLog(session),
    redactor,
  });
  return { name, passed: exitCode === 0 };
}

/** What a test writes to standard error passes as it is; only what this program says is a log line. */
function testLog({ terminal, log }: Session): Log {
  return {
    log(level, event, fields) {
      if (fields?.['stdio'] === undefined) log.log(level, event, fields);
      else terminal.stderr.write(`${event}\n`);
    },
  };
}

function widthOf({ terminal }: Session): number {
  return terminal.stdout.columns ?? (Number(terminal.env['COLUMNS']) || 80);
}

/** `==== text ====`, as wide as the terminal or one column narrower. */
function separator(text: string, length: number, width: number): string {
  const fill = '='.repeat(Math.max(Math.floor((width - length - 2) / 2), 0));
  return `${fill} ${text} ${fill}`;
}

/** Meltano pads a name with its colour codes to 60 columns; 52 are seen. */
const nameWidth = 52;

function summaryLines(results: readonly TestResult[], width: number, style: Style): readonly string[] {
  const failed = results.filter((result) => !result.passed).length;
  const end = failed === 0 ? 'successfully' : 'with failures';
  const text = `Testing completed ${end}. ${results.length - failed} test(s) successful. ${failed} test(s) failed.`;
  const paint = failed === 0 ? style.green : style.red;
  return [
    '',
    ...results.map(({ name, passed }) => {
      const dots = '.'.repeat(Math.max(nameWidth - name.length, 0));
      return `${style.bold(name)}${dots} ${passed ? style.green('success') : style.red('failure')}`;
    }),
    '',
    separator(paint(text), text.length, width),
  ];
}
