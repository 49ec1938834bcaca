import { spawn } from 'node:child_process';
import { errorMessage } from '@meltano/foundation/errors';
import type { JsonValue } from '@meltano/foundation/json';
import { pythonRepr } from '@meltano/foundation/python-text';
import { assertInterval, cronInterval } from '@meltano/project/cron';
import type { EltSchedule, JobSchedule, Schedule } from '@meltano/project/schedule';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { findSchedule } from './schedule-plugins.ts';

interface DatabaseChoice {
  readonly databaseUri?: string;
}

interface ScheduleParts extends DatabaseChoice {
  readonly interval?: string;
  readonly job?: string;
  readonly extractor?: string;
  readonly loader?: string;
  readonly transform?: string;
}

const open = (host: Host, options: DatabaseChoice) =>
  host.open({ command: 'schedule', environment: 'explicit', ...options });

/** `meltano schedule add`. */
export async function addSchedule(host: Host, name: string, options: ScheduleParts): Promise<void> {
  const pair = options.extractor !== undefined || options.loader !== undefined;
  if (options.job !== undefined && pair) {
    throw cliError('schedule_parts', {
      message: 'Cannot mix --job with --extractor/--loader/--transform',
      hint: 'meltano schedule add --help',
    });
  }
  if (options.interval === undefined) throw missing('--interval');
  if (options.job === undefined && options.extractor === undefined) throw missing('--extractor');
  if (options.job === undefined && options.loader === undefined) throw missing('--loader');
  const session = await open(host, options);
  assertInterval(options.interval);
  if (session.workspace.project.schedules.some((schedule) => schedule.name === name)) {
    session.print(session.outStyle.yellow(`Schedule '${name}' already exists.`));
    return;
  }
  const what =
    options.job === undefined
      ? {
          extractor: options.extractor ?? '',
          loader: options.loader ?? '',
          transform: options.transform ?? 'skip',
        }
      : { job: options.job };
  if (options.job !== undefined && !session.workspace.project.jobs.some((job) => job.name === options.job)) {
    session.log.log('warning', `There is no job '${options.job}' in the project yet`);
  }
  await session.engine.edit([
    { kind: 'add', target: { kind: 'schedule', name }, entry: { name, interval: options.interval, ...what } },
  ]);
  session.print(`Scheduled ${options.job === undefined ? 'elt' : 'job'} '${name}' at ${options.interval}`);
}

function missing(option: string) {
  return cliError('usage', { message: `Missing ${option}`, hint: 'meltano schedule add --help' });
}

/** `meltano schedule set`. */
export async function setSchedule(host: Host, name: string, options: ScheduleParts): Promise<void> {
  const session = await open(host, options);
  const schedule = findSchedule(session, name);
  const { interval, job, extractor, loader, transform } = options;
  const wrong = schedule.kind === 'job' ? [extractor, loader, transform] : [job];
  if (wrong.some((part) => part !== undefined)) {
    throw cliError('schedule_parts', {
      message: `Cannot mix --job with --extractor/--loader/--transform: '${name}' is a schedule of ${schedule.kind === 'job' ? 'a job' : 'an extractor and a loader'}`,
      hint: `meltano schedule remove ${name}, then add it anew`,
    });
  }
  if (interval !== undefined) assertInterval(interval);
  const changes = Object.entries({ interval, job, extractor, loader, transform }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const target = { kind: 'schedule', name } as const;
  await session.engine.edit(changes.map(([key, value]) => ({ kind: 'set', target, path: [key], value })));
  session.print(`Updated schedule '${name}'`);
}

/** `meltano schedule remove`. */
export async function removeSchedule(host: Host, name: string, options: DatabaseChoice): Promise<void> {
  const session = await open(host, options);
  findSchedule(session, name);
  await session.engine.edit([{ kind: 'remove', target: { kind: 'schedule', name } }]);
}

/** `meltano schedule list`: orchestrators read its JSON. */
export async function listSchedules(
  host: Host,
  options: DatabaseChoice & { readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const { runs } = await session.engine.systemDatabase();
  for (const { run, error } of await runs.failStale()) {
    session.log.log('info', `Marked stale run with state ID '${run.stateId}' as failed: ${error}`);
  }
  const { schedules } = session.workspace.project;
  if (options.format === 'json') {
    const job = schedules.filter((each) => each.kind === 'job').map((each) => jobScheduleJson(session, each));
    const elt = await Promise.all(
      schedules.filter((each) => each.kind === 'elt').map((each) => eltScheduleJson(session, each)),
    );
    session.print(JSON.stringify({ schedules: { job, elt } }, null, 2));
    return;
  }
  for (const schedule of schedules) session.tell(scheduleText(session, schedule));
}

const transformMarks = { run: ['→', '→'], only: ['×', '→'], skip: ['→', 'x'] } as const;

function scheduleText(session: Session, schedule: Schedule): string {
  const head = `[${schedule.interval}]`;
  if (schedule.kind === 'job') {
    return `${head} job ${schedule.name}: ${schedule.job} → ${pythonRepr((tasksOf(session, schedule) ?? []) as JsonValue)}`;
  }
  const [load, transform] = transformMarks[schedule.transform];
  return `${head} elt ${schedule.name}: ${schedule.extractor} ${load} ${schedule.loader} ${transform} transforms`;
}

/** A schedule may name a job that is gone; the others are still listed. */
function tasksOf(session: Session, schedule: JobSchedule) {
  const job = session.workspace.project.jobs.find((each) => each.name === schedule.job);
  if (job === undefined)
    session.log.log('error', `Job '${schedule.job}' of schedule '${schedule.name}' was not found`);
  return job?.tasks;
}

function jobScheduleJson(session: Session, schedule: JobSchedule) {
  const { name, interval, env } = schedule;
  const tasks = tasksOf(session, schedule);
  return {
    name,
    interval,
    cron_interval: cronInterval(interval) ?? null,
    env,
    // DAG generators leave out a schedule without a job; a job without tasks would end them.
    job: tasks === undefined ? null : { name: schedule.job, tasks },
  };
}

async function eltScheduleJson(session: Session, schedule: EltSchedule) {
  const { name, extractor, loader, transform, interval, env } = schedule;
  const { runs } = await session.engine.systemDatabase();
  const last = await runs.latestSuccess(name);
  return {
    name,
    extractor,
    loader,
    transform,
    interval,
    // One DAG generator fails without this key, another gives Airflow what stands here; both take this date where
    // no other is known.
    start_date: '1970-01-01T00:00:00',
    env,
    cron_interval: cronInterval(interval) ?? null,
    last_successful_run_ended_at:
      last?.endedAt === undefined ? null : new Date(last.endedAt).toISOString().replace('Z', '000+00:00'),
    elt_args: [extractor, loader, `--transform=${transform}`, `--state-id=${name}`],
  };
}

/** `meltano schedule run`: this program again, with what the schedule says. */
export async function runSchedule(
  host: Host,
  name: string,
  args: readonly string[],
  options: DatabaseChoice,
): Promise<void> {
  const session = await open(host, options);
  const schedule = findSchedule(session, name);
  const { extractor, loader, transform } = { extractor: '', loader: '', transform: '', ...schedule };
  const command =
    schedule.kind === 'job'
      ? ['run', ...args, schedule.job]
      : ['elt', extractor, loader, `--transform=${transform}`, `--state-id=${name}`, ...args];
  const scheduleEnv = Object.entries(schedule.env).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const { logLevel, logFormat, logConfig } = host.globals();
  const flags = Object.entries({
    MELTANO_CLI_LOG_LEVEL: logLevel,
    MELTANO_CLI_LOG_FORMAT: logFormat,
    MELTANO_CLI_LOG_CONFIG: logConfig,
    MELTANO_DATABASE_URI: options.databaseUri,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { MELTANO_ENVIRONMENT: _none, ...project } = session.workspace.projectVariables;
  const environment =
    session.workspace.environment === undefined ? {} : { MELTANO_ENVIRONMENT: session.workspace.environment };
  const child = spawn(session.engine.program, command, {
    stdio: 'inherit',
    env: {
      ...host.terminal.env,
      ...project,
      ...environment,
      ...Object.fromEntries(flags),
      ...Object.fromEntries(scheduleEnv),
    },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', forward);
  process.on('SIGINT', () => {});
  host.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        cliError('not_available', {
          message: `The program cannot start itself: ${errorMessage(cause)}`,
          hint: session.engine.program,
          cause,
        }),
      ),
    );
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGTERM' ? 143 : 1)));
  });
  process.off('SIGTERM', forward);
}
