import { errorMessage } from '@meltano/foundation/errors';
import type { JsonValue } from '@meltano/foundation/json';
import { pythonRepr } from '@meltano/foundation/python-text';
import type { Job } from '@meltano/project/job';
import { parseTasks, taskBlocks } from '@meltano/project/job';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { parseYamlText } from './yaml-text.ts';

interface DatabaseChoice {
  readonly databaseUri?: string;
}

const open = (host: Host, options: DatabaseChoice) =>
  host.open({ command: 'job', environment: 'explicit', ...options });

/** `meltano job list`. */
export async function listJobs(
  host: Host,
  name: string | undefined,
  options: DatabaseChoice & { readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const { jobs } = session.workspace.project;
  if (name !== undefined) {
    const job = jobs.find((each) => each.name === name);
    if (job === undefined) session.print(session.outStyle.yellow(`Job '${name}' does not exist.`));
    else if (options.format === 'json') session.print(JSON.stringify(jobJson(job), null, 2));
    else session.tell(jobText(job));
    return;
  }
  if (options.format === 'json') session.print(JSON.stringify({ jobs: jobs.map(jobJson) }, null, 2));
  else for (const job of jobs) session.tell(jobText(job));
}

function jobJson(job: Job) {
  return { job_name: job.name, tasks: job.tasks };
}

function jobText(job: Job): string {
  return `${job.name}: ${tasksText(job.tasks)}`;
}

function tasksText(tasks: Job['tasks']): string {
  return pythonRepr(tasks as JsonValue);
}

/** `meltano job add` and `meltano job set`. */
export async function writeJob(
  host: Host,
  verb: 'add' | 'set',
  name: string,
  options: DatabaseChoice & { readonly tasks: string },
): Promise<void> {
  const session = await open(host, options);
  const exists = session.workspace.project.jobs.some((job) => job.name === name);
  const tasks = parseTaskText(name, options.tasks);
  await checkTasks(session, name, tasks);
  if (verb === 'add' && exists) {
    throw cliError('exists', {
      message: `Job '${name}' already exists`,
      hint: `meltano job set ${name} --tasks …`,
    });
  }
  if (verb === 'add') await assertFree(session, name);
  if (verb === 'set' && !exists) {
    session.print(session.outStyle.yellow(`Job '${name}' does not exist.`));
    return;
  }
  const target = { kind: 'job', name } as const;
  await session.engine.edit([
    exists
      ? { kind: 'set', target, path: ['tasks'], value: tasks }
      : { kind: 'add', target, entry: { name, tasks } },
  ]);
  session.tell(`${verb === 'add' ? 'Added' : 'Updated'} job ${name}: ${tasksText(tasks)}`);
}

/** A word of `run` is a job or a plugin; one that could be both could not be run. */
async function assertFree({ workspace }: Session, name: string): Promise<void> {
  const written = workspace.project.plugins.find((plugin) => plugin.name === name);
  const plugin = written ?? (await workspace.lookUpPlugin(name));
  if (plugin === undefined) return;
  const what =
    written === undefined ? 'a mapping' : `the ${pluginTypeWords[written.type].descriptor} of this project`;
  throw cliError('exists', {
    message: `Job '${name}' cannot be added: '${name}' is the name of ${what}`,
    hint: `give the job another name, e.g. meltano job add ${name}-job --tasks …`,
    place: written?.place,
  });
}

function parseTaskText(name: string, text: string): Job['tasks'] {
  const opening = `Job '${name}' has invalid tasks`;
  const hint = 'give one command line, or a YAML list: --tasks "[tap-a target-b, dbt:run]"';
  let value: JsonValue;
  try {
    value = parseYamlText(text);
  } catch (cause) {
    throw cliError('invalid_tasks', {
      message: `${opening}. Failed to parse yaml: ${errorMessage(cause)}`,
      hint,
      cause,
    });
  }
  const tasks = parseTasks(value);
  if (tasks === undefined)
    throw cliError('invalid_tasks', { message: `${opening}. Failed to validate task schema`, hint });
  return tasks;
}

/** Every task must be a complete command line of `run`. */
async function checkTasks(session: Session, name: string, tasks: Job['tasks']): Promise<void> {
  for (const task of tasks) {
    try {
      await session.engine.checkBlocks(taskBlocks(task));
    } catch (cause) {
      throw cliError('invalid_tasks', {
        message: `Job '${name}' has invalid tasks. ${errorMessage(cause)}`,
        hint: 'every task is a complete command line of `meltano run`',
        cause,
      });
    }
  }
}

/** `meltano job remove`. */
export async function removeJob(host: Host, name: string, options: DatabaseChoice): Promise<void> {
  const session = await open(host, options);
  if (!session.workspace.project.jobs.some((job) => job.name === name)) {
    throw cliError('no_job', { message: `Job '${name}' was not found`, hint: 'meltano job list' });
  }
  await session.engine.edit([{ kind: 'remove', target: { kind: 'job', name } }]);
  session.print(`Removed job '${name}'.`);
}
