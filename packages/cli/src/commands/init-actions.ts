import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { createProject } from '@meltano/engine/workspace/create-project';
import { findProjectRoot } from '@meltano/engine/workspace/find-project-root';
import { cliError } from '../errors.ts';
import { wantsColour } from '../globals.ts';
import type { Host } from '../host.ts';
import { askText } from '../prompt.ts';
import { createStyle } from '../render/style.ts';

interface InitOptions {
  readonly usageStats: boolean;
  readonly force?: boolean;
  readonly databaseUri?: string;
}

/** `meltano init`. */
export async function initProject(
  host: Host,
  given: string | undefined,
  options: InitOptions,
): Promise<void> {
  const { terminal } = host;
  const say = (line: string) => host.writeOut(`${line}\n`);
  const { cyan, green, bold } = createStyle(wantsColour(terminal.stdout, terminal.env));
  const start = resolve(terminal.cwd, host.globals().cwd ?? '.');
  const name = given ?? (await askText(terminal, 'Project directory', { option: 'PROJECT_DIRECTORY' }));
  const folder = resolve(start, name);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw cliError('usage', {
      message: `Invalid value for '[PROJECT_DIRECTORY]': Directory '${name}' is a file.`,
      hint: 'name a directory',
    });
  }
  const around = findProjectRoot(dirname(folder), {});
  if (around !== undefined && around !== folder) {
    host.writeErr(`warning: this makes a project inside the project at ${around}\n`);
  }
  const usageStats =
    options.usageStats &&
    !/^(?:0|false|no|off)$/i.test(terminal.env['MELTANO_SEND_ANONYMOUS_USAGE_STATS'] ?? '');
  const files = createProject({ folder, force: options.force ?? false, usageStats });

  say('Creating .meltano folder');
  const session = await host.open({ command: 'init', environment: 'never', folder, ...options });
  say(`created .meltano in ${session.workspace.systemDir}`);
  say('Creating project files...');
  if (folder !== start) say(`  ${basename(folder)}/`);
  for (const file of files) say(`   |-- ${file.path}${file.skipped ? ' (skipped)' : ''}`);
  host.writeOut('Creating system database...');
  await session.engine.systemDatabase();
  say('  Done!');
  say('');
  say(`${green('Your project')} ${bold(basename(folder))} ${green('has been created!')}`);
  say('It has the environments dev, staging and prod; dev is the default.');
  say('');
  say('Next steps:');
  if (folder !== start) say(`  ${cyan(`cd ${relative(start, folder)}`)}`);
  say(`  ${cyan('meltano add tap-csv target-duckdb')}   add an extractor and a loader`);
  say(`  ${cyan('meltano config list tap-csv')}         see what they need to know`);
  say(`  ${cyan('meltano run tap-csv target-duckdb')}   run them`);
}
