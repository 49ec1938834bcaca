import { silentLog } from '@meltano/foundation/log';
import { hidePasswordsInAddresses } from '@meltano/foundation/redact';
import type { Engine } from '../engine.ts';
import { createHub } from '../hub/create-hub.ts';
import { hubRoot } from '../hub-root.ts';
import { meltanoRevision } from '../system/meltano-tables.ts';
import { judgeProcess } from '../system/process-identity.ts';
import { type RunRow, undashed } from '../system/run-row.ts';
import { numberOf, type SqlConnection, textOf } from '../system/sql-connection.ts';
import { type Finding, findingsOf, orFine } from './finding.ts';

/** Whether what the project keeps its records in answers, and whether the Hub does. */
export async function diagnoseStores(engine: Engine, version: string): Promise<readonly Finding[]> {
  const database = await findingsOf('System database', () => databaseFindings(engine));
  const works = database.every((finding) => finding.verdict !== 'broken');
  const [state, runs, hub] = await Promise.all([
    works ? findingsOf('State', () => stateFindings(engine)) : [],
    works ? findingsOf('Runs', () => runFindings(engine)) : [],
    findingsOf('Hub', () => hubFindings(engine, version)),
  ]);
  return [...database, ...state, ...runs, ...hub];
}

async function databaseFindings({ workspace, systemDatabase }: Engine): Promise<readonly Finding[]> {
  const subject = 'System database';
  const { connection } = await systemDatabase();
  const [row] = await connection.all('SELECT version_num FROM alembic_version');
  const revision = row === undefined ? undefined : textOf(row, 'version_num');
  const uri = hidePasswordsInAddresses(String(workspace.projectSetting('database_uri').value ?? ''));
  const message = `${uri}, revision ${revision ?? 'unknown'}`;
  if (revision === meltanoRevision) return [{ subject, verdict: 'fine', message }];
  return [
    {
      subject,
      verdict: 'advice',
      message: `${message}; expected ${meltanoRevision}`,
      fix: 'meltano upgrade database',
    },
  ];
}

async function stateFindings({ workspace, stateStore }: Engine): Promise<readonly Finding[]> {
  const store = await stateStore();
  const count = (await store.list()).length;
  const uri = hidePasswordsInAddresses(String(workspace.projectSetting('state_backend.uri').value ?? ''));
  return [
    { subject: 'State', verdict: 'fine', message: `${uri}, ${count} state ID${count === 1 ? '' : 's'}` },
  ];
}

async function runFindings({ systemDatabase }: Engine): Promise<readonly Finding[]> {
  const { connection, runs } = await systemDatabase();
  const running = await runs.list({ states: ['RUNNING'] });
  const dead: Finding[] = [];
  for (const run of running) {
    if (await isAlive(run, connection)) continue;
    const since =
      run.startedAt === undefined ? '' : ` since ${new Date(run.startedAt).toISOString().slice(0, 19)}Z`;
    dead.push({
      subject: 'Runs',
      verdict: 'advice',
      message: `Run ${run.runId} with state ID '${run.stateId}' is marked as running${since}, but it is dead`,
      fix: `meltano runs show ${run.runId} closes it and shows how far it had come; the next run goes on from the stored state`,
    });
  }
  const alive = running.length - dead.length;
  return orFine('Runs', dead, alive === 0 ? 'none is running' : `${alive} running`);
}

/** As Meltano sees it: a run without a sign of life for so long is over. */
const silentMs = 5 * 60 * 1000;

/** By the process that holds the state id where that can be judged, else by the last sign of life. */
async function isAlive(run: RunRow, connection: SqlConnection): Promise<boolean> {
  const [lease] = await connection.all('SELECT * FROM meltano_ts_leases WHERE state_id = ?', [run.stateId]);
  if (lease !== undefined && undashed(textOf(lease, 'run_id') ?? '') === undashed(run.runId)) {
    const liveness = await judgeProcess({
      host: textOf(lease, 'host') ?? '',
      bootId: textOf(lease, 'boot_id') ?? '',
      pid: numberOf(lease, 'pid') ?? 0,
      processStart: textOf(lease, 'process_start') ?? '',
    });
    if (liveness !== 'unknown') return liveness === 'alive';
  }
  return Date.now() - (run.lastHeartbeatAt ?? run.startedAt ?? 0) < silentMs;
}

/** Not what a command waits for: the answer counts only when it comes soon. */
const hubWaitMs = 4_000;

async function hubFindings(engine: Engine, version: string): Promise<readonly Finding[]> {
  // Opening it makes this process use the proxies of the environment.
  const { root } = await engine.hub();
  const { workspace, folders } = engine;
  const auth = workspace.projectSetting('hub_url_auth').value;
  const hub = createHub({
    root: hubRoot(workspace),
    auth: typeof auth === 'string' ? auth : undefined,
    version,
    cacheFolder: folders.cache,
    bundled: [],
    log: silentLog,
    signal: AbortSignal.timeout(hubWaitMs),
    timeoutMs: hubWaitMs,
  });
  const answers = await hub.ping().catch(() => false);
  if (answers) return [{ subject: 'Hub', verdict: 'fine', message: root }];
  return [
    {
      subject: 'Hub',
      verdict: 'advice',
      message: `${root} does not answer; plugins that are locked or native work without it`,
      fix: 'meltano hub ping, or check the network and the settings hub_url and hub_url_auth',
    },
  ];
}
