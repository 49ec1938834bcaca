import { statSync } from 'node:fs';
import { isJsonArray, isJsonObject } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import { taskBlocks } from '@meltano/project/job';
import type { Project } from '@meltano/project/project';
import type { Workspace } from '../workspace/workspace.ts';
import { type Finding, orFine } from './finding.ts';

/** What the project's files say that cannot work, or is worth a look; nothing is asked or started. */
export function diagnoseProject(workspace: Workspace): readonly Finding[] {
  const { project } = workspace;
  return [
    ...fileFindings(workspace),
    ...orFine('Jobs', jobFindings(project), counted(project.jobs.length, 'job')),
    ...orFine('Schedules', scheduleFindings(project), counted(project.schedules.length, 'schedule')),
    ...dotenvFindings(workspace),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function fileFindings({ project, files, root }: Workspace): readonly Finding[] {
  const subject = 'Project';
  const { plugins, environments } = project;
  const found = [counted(plugins.length, 'plugin'), counted(environments.length, 'environment')].join(', ');
  const readable: Finding = {
    subject,
    verdict: 'fine',
    message: `${files.length === 1 ? 'meltano.yml' : `meltano.yml and ${files.length - 1} more`} in ${root}: ${found}`,
  };
  const warnings = project.warnings.map(
    ({ message, place }): Finding => ({ subject, verdict: 'advice', message, place }),
  );
  return [readable, ...warnings];
}

/** All that `run` knows by name: plugins, and mappings by their own. */
function blockNames(project: Project): ReadonlySet<string> {
  const mappings = project.plugins.flatMap((plugin) => {
    const written = plugin.entry['mappings'];
    if (plugin.type !== 'mappers' || !isJsonArray(written)) return [];
    return written.filter(isJsonObject).flatMap((each) => {
      const { name } = each;
      return typeof name === 'string' ? [name] : [];
    });
  });
  return new Set([...project.plugins.map((plugin) => plugin.name), ...mappings]);
}

function jobFindings(project: Project): readonly Finding[] {
  const known = blockNames(project);
  return project.jobs.flatMap((job) => {
    const names = job.tasks.flatMap(taskBlocks).map((block) => block.split(':')[0] ?? block);
    return [...new Set(names)]
      .filter((name) => !known.has(name))
      .map((name) => ({
        subject: 'Jobs',
        verdict: 'broken' as const,
        message: `Job '${job.name}' names '${name}', which is no plugin and no mapping of this project`,
        fix: didYouMean(name, known) ?? `meltano add ${name}, or meltano job set ${job.name} --tasks …`,
        place: job.place,
      }));
  });
}

function scheduleFindings(project: Project): readonly Finding[] {
  const jobs = project.jobs.map((job) => job.name);
  const ofType = (type: string) =>
    project.plugins.filter((plugin) => plugin.type === type).map((plugin) => plugin.name);
  return project.schedules.flatMap((schedule) => {
    const wanted =
      schedule.kind === 'job'
        ? [{ option: 'job', name: schedule.job, known: jobs }]
        : [
            { option: 'extractor', name: schedule.extractor, known: ofType('extractors') },
            { option: 'loader', name: schedule.loader, known: ofType('loaders') },
          ];
    return wanted
      .filter(({ name, known }) => !known.includes(name))
      .map(({ option, name, known }) => ({
        subject: 'Schedules',
        verdict: 'broken' as const,
        message: `Schedule '${schedule.name}' names the ${option} '${name}', which this project does not have`,
        fix: didYouMean(name, known) ?? `meltano schedule set ${schedule.name} --${option} <name>`,
        place: schedule.place,
      }));
  });
}

function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const [near] = nearNames(name, known);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}

/** Others on this machine can read what is meant for this user alone. */
function dotenvFindings({ dotenvFile }: Workspace): readonly Finding[] {
  const subject = '.env';
  const stat = statSync(dotenvFile, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  const mode = stat.mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o004) === 0)
    return [{ subject, verdict: 'fine', message: `${dotenvFile}, not readable by everybody` }];
  return [
    {
      subject,
      verdict: 'advice',
      message: `${dotenvFile} can be read by every user of this machine (mode ${mode.toString(8)})`,
      fix: `chmod 600 ${dotenvFile}`,
    },
  ];
}
