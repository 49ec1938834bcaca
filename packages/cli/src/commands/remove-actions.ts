import { removePlugin } from '@meltano/engine/workspace/plugin-entries';
import { inferPluginType, type PluginType, pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { readTypedNames } from './typed-names.ts';

interface RemoveOptions {
  readonly pluginType?: string;
  readonly databaseUri?: string;
}

/** `meltano remove`. */
export async function removeNamed(
  host: Host,
  words: readonly string[],
  options: RemoveOptions,
): Promise<void> {
  const session = await host.open({ command: 'remove', environment: 'never', ...options });
  const { given, names } = readTypedNames(session, words, {
    pluginType: options.pluginType,
    what: 'is removed',
  });
  let removed = 0;
  for (const name of names) {
    const type =
      given ??
      session.workspace.project.plugins.find((plugin) => plugin.name === name)?.type ??
      inferPluginType(name);
    if (await removeOne(session, type, name)) removed += 1;
  }
  if (names.length > 1)
    session.log.log(
      removed < names.length ? 'warning' : 'info',
      `Fully removed ${removed}/${names.length} plugins`,
    );
}

/** Whether there was an entry to remove; not every plugin has an installation and a lock file. */
async function removeOne(session: Session, type: PluginType, name: string): Promise<boolean> {
  const { log } = session;
  const what = `${pluginTypeWords[type].descriptor} '${name}'`;
  log.log('info', `Removing ${what}...`);
  const removed = await removePlugin(session.workspace, type, name);
  session.engine.replaceWorkspace(removed.workspace);
  const places: readonly (readonly [string, boolean])[] = [
    ['the system database', (removed.settings ?? 0) > 0],
    ['meltano.yml', removed.entry],
    [`.meltano/${type}`, removed.installation !== undefined],
    [`plugins/${type}`, removed.locks.length > 0],
  ];
  for (const [place, done] of places) {
    if (done) log.log('info', `Removed ${what} from ${place}`);
    else log.log('warning', `Could not find ${what} in ${place} to remove`);
  }
  warnOfDependents(session, type, name);
  return removed.entry;
}

/** What named the plugin is left as it was, and said. */
function warnOfDependents({ workspace, log }: Session, type: PluginType, name: string): void {
  const { plugins, jobs, schedules } = workspace.project;
  for (const plugin of plugins.filter((each) => each.type === type && each.inheritFrom === name)) {
    log.log('warning', `Plugin '${plugin.name}' still inherits from '${name}'`);
  }
  const words = (tasks: readonly (string | readonly string[])[]) =>
    tasks.flat().flatMap((task) => task.split(' '));
  for (const job of jobs.filter((each) => words(each.tasks).some((word) => word.split(':')[0] === name))) {
    log.log('warning', `Job '${job.name}' still names '${name}'`);
  }
  for (const schedule of schedules) {
    if (schedule.kind === 'elt' && [schedule.extractor, schedule.loader].includes(name)) {
      log.log('warning', `Schedule '${schedule.name}' still names '${name}'`);
    }
  }
}
