import { nearNames } from '@meltano/foundation/near-names';
import { jobBlocks } from '@meltano/project/job';
import type { Schedule } from '@meltano/project/schedule';
import { cliError } from '../errors.ts';
import type { Session } from '../session.ts';

/** Throws when there is none of that name. */
export function findSchedule({ workspace }: Session, name: string): Schedule {
  const { schedules } = workspace.project;
  const schedule = schedules.find((each) => each.name === name);
  if (schedule !== undefined) return schedule;
  const near = nearNames(
    name,
    schedules.map((each) => each.name),
  )[0];
  throw cliError('no_schedule', {
    message: `Schedule '${name}' was not found`,
    hint: near === undefined ? 'meltano schedule list' : `did you mean '${near}'?`,
  });
}

/** Keys `<type>/<name>` of all plugins that a schedule uses; of a mapping, the mapper's. */
export async function pluginsOfSchedule(session: Session, name: string): Promise<ReadonlySet<string>> {
  const schedule = findSchedule(session, name);
  const job =
    schedule.kind === 'job'
      ? session.workspace.project.jobs.find((each) => each.name === schedule.job)
      : undefined;
  const blocks =
    schedule.kind === 'job'
      ? job === undefined
        ? []
        : jobBlocks(job)
      : [schedule.extractor, schedule.loader];
  const keys = new Set<string>();
  for (const block of blocks) {
    const plugin = await session.workspace.lookUpPlugin(block.split(':')[0] ?? block);
    if (plugin !== undefined) keys.add(`${plugin.type}/${plugin.name}`);
  }
  return keys;
}
