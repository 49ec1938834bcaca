import type { JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { ProjectChange } from '@meltano/project/edit/project-change';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { isSensitive, secretValues } from '@meltano/project/settings/secrets';
import type { Catalog } from '@meltano/singer/catalog';
import type { BundledConnectors } from './bundled-connectors.ts';
import { loadCatalog } from './catalog/load-catalog.ts';
import { closeDeadRuns } from './close-dead-runs.ts';
import type { RunEvent } from './events.ts';
import { createReferenceSource } from './follow-references.ts';
import { createHub, type Hub } from './hub/create-hub.ts';
import { hubRoot } from './hub-root.ts';
import { type InstallOptions, type InstallOutcome, installPlugins } from './install/install-plugins.ts';
import { installPlace } from './install-place.ts';
import type { LogSink } from './logs/create-log.ts';
import { observeRun } from './observe-run.ts';
import { openRunReport } from './open-run-report.ts';
import { executeRun, type RunHandle } from './run/execute-run.ts';
import { planRun } from './run/plan-run.ts';
import type { RunDependencies } from './run/run-dependencies.ts';
import type { RunPlan } from './run/run-plan.ts';
import type { RunRequest } from './run/run-request.ts';
import { describeThisProcess } from './state/lease-holder.ts';
import { openStateStore } from './state/open-state-store.ts';
import type { StateRoom } from './state/state-operations.ts';
import type { StateStore } from './state/state-store.ts';
import { systemClock } from './system/system-clock.ts';
import { openSystemDatabase, type SystemDatabase } from './system/system-database.ts';
import { type UserFolders, userFolders } from './system/user-folders.ts';
import { editProject } from './workspace/edit-project.ts';
import { openWorkspace } from './workspace/open-workspace.ts';
import type { EnvironmentRule } from './workspace/select-environment.ts';
import type { Workspace } from './workspace/workspace.ts';

export interface EngineOptions {
  readonly cwd: string;
  readonly processEnv: Readonly<Record<string, string | undefined>>;
  /** A name; null for none; undefined when nothing was asked for. */
  readonly environment?: string | null | undefined;
  readonly environmentRule: EnvironmentRule;
  readonly envFile?: string | undefined;
  /** Meltano's own settings from the command line. */
  readonly overrides: Readonly<Record<string, JsonValue>>;
  /** The native connectors that travel with the program. */
  readonly connectors: BundledConnectors;
  readonly launcher: Launcher;
  /** What is asked of the Hub is told it, e.g. `add`. */
  readonly command: string;
  readonly version: string;
  readonly log: Log;
  /** Where the lines of runs are shown. */
  readonly console: LogSink;
  readonly redactor: Redactor;
}

/** How this program, and a native connector as a program of its own, are started. */
export interface Launcher {
  readonly meltano: string;
  /** The command line of the program of that name in a connector's package, also one that the project in `root` has; undefined when there is none. */
  connector(
    npmPackage: string,
    executable: string,
    root: string,
  ): { readonly command: string; readonly args: readonly string[] } | undefined;
}

/**
 * Everything that can happen in one project, put together from the rooms beside this file. What is expensive
 * (the system database, the state store) is opened when it is first needed. `workspace` is replaced by
 * `reload` after an edit.
 */
export interface Engine {
  readonly workspace: Workspace;
  hub(): Promise<Hub>;
  readonly folders: UserFolders;
  systemDatabase(): Promise<SystemDatabase>;
  /** The same, after the runs whose process is gone have been closed in it. */
  runRecords(): Promise<SystemDatabase>;
  stateStore(): Promise<StateStore>;
  stateRoom(): Promise<StateRoom>;
  install(plugins: readonly ResolvedPlugin[], options: InstallOptions): Promise<readonly InstallOutcome[]>;
  plan(request: RunRequest): Promise<RunPlan>;
  /** What an extractor can read, with the project's selection applied. */
  discover(extractor: ResolvedPlugin, options: { readonly refresh: boolean }): Promise<Catalog>;
  /** With `isWatched` the log leaves out how far the run is and what it came to: whoever reads the events shows it. */
  execute(
    plan: RunPlan,
    onEvent: (event: RunEvent) => void,
    options?: { readonly isWatched?: boolean },
  ): Promise<RunHandle>;
  /** What the rooms that start plugins need; for commands that start one without a run. */
  dependencies(): Pick<RunDependencies, 'loadConnector' | 'launchNative' | 'logLevel'>;
  /** Changes project files; `workspace` is the changed project afterwards. */
  edit(changes: readonly ProjectChange[]): Promise<void>;
  /** Takes the workspace that an edit answered with. */
  replaceWorkspace(changed: Workspace): void;
  /** Throws what a plan of these blocks would throw. */
  checkBlocks(blocks: readonly string[]): Promise<void>;
  /** Path of this program. */
  readonly program: string;
  close(): Promise<void>;
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { log, redactor, connectors, launcher } = options;
  const folders = userFolders(options.processEnv);
  let database: Promise<SystemDatabase> | undefined;
  let store: Promise<StateStore> | undefined;
  let opening: Promise<Hub> | undefined;
  let workspace: Workspace;

  const text = (name: string) => String(workspace.projectSetting(name).value ?? '');
  const systemDatabase = () => {
    database ??= openSystemDatabase({
      uri: text('database_uri'),
      folder: workspace.root,
      retries: { max: Number(text('database_max_retries')), seconds: Number(text('database_retry_timeout')) },
      log,
      redactor,
    });
    return database;
  };
  const hub = () => {
    opening ??= Promise.all([connectors.definitions(), useProxies(options.processEnv)]).then(([bundled]) =>
      createHub({
        root: hubRoot(workspace),
        auth: text('hub_url_auth'),
        headers: { 'X-Meltano-Command': `meltano ${options.command}` },
        version: options.version,
        cacheFolder: folders.cache,
        bundled,
        log,
      }),
    );
    return opening;
  };
  const stateStore = () => {
    store ??= systemDatabase().then(({ connection }) =>
      openStateStore({ uri: text('state_backend.uri'), systemConnection: connection }),
    );
    return store;
  };

  workspace = await openWorkspace({
    cwd: options.cwd,
    processEnv: options.processEnv,
    environment: options.environment,
    environmentRule: options.environmentRule,
    envFile: options.envFile,
    overrides: options.overrides,
    // An entry that is there already keeps its meaning: the Hub's default variant, not ours.
    definitions: {
      find: async (type, name, variant) => (await hub()).find(type, name, variant, { prefer: 'hub' }),
    },
    dbSettings: async () => (await systemDatabase()).pluginSettings,
    references: createReferenceSource({ onSecret: (value) => redactor.add(value) }),
    executable: launcher.meltano,
    log,
  });
  // Invariant 5: what is known to be secret is hidden from here on.
  redactor.add(...secretValues(workspace.projectSettings().filter(isSensitive)));

  const dependencies = () => ({
    loadConnector: (npmPackage: string, name: string) => connectors.load(npmPackage, name, workspace.root),
    launchNative: (npmPackage: string, executable: string) =>
      launcher.connector(npmPackage, executable, workspace.root),
    logLevel: text('cli.log_level'),
  });
  return {
    get workspace() {
      return workspace;
    },
    hub,
    folders,
    systemDatabase,
    async runRecords() {
      const opened = await systemDatabase();
      await closeDeadRuns(opened, systemClock);
      return opened;
    },
    stateStore,
    stateRoom: async () => ({
      store: await stateStore(),
      runs: (await systemDatabase()).runs,
      clock: systemClock,
      trigger: options.processEnv['MELTANO_JOB_TRIGGER'] || 'cli',
    }),
    install: (plugins, installOptions) =>
      installPlugins(
        installPlace({ plugins, workspace, folders, redactor, connectors }),
        plugins,
        installOptions,
      ),
    plan: (request) => planRun(request, workspace),
    discover: (extractor, { refresh }) =>
      loadCatalog(workspace, extractor, {
        refresh,
        log,
        redactor,
        clock: systemClock,
        loadConnector: (npmPackage, name) => connectors.load(npmPackage, name, workspace.root),
      }),
    async execute(plan, onEvent, { isWatched = false } = {}) {
      const database = await systemDatabase();
      const { runs, reports } = database;
      const { runId: _runId, ...holder } = await describeThisProcess(plan.runId);
      const stateBackend = text('state_backend.uri');
      const openedStore = await stateStore();
      await closeDeadRuns(database, systemClock);
      const report = await openRunReport({ plan, reports, holder, clock: systemClock, log });
      const handle = executeRun(plan, {
        ...dependencies(),
        workspace,
        stateStore: openedStore,
        records: runs,
        clock: systemClock,
        holder,
        onEvent: observeRun({
          plan,
          logFolder: folders.logs,
          stateBackend,
          console: options.console,
          isWatched,
          onEvent: (event) => {
            report.onEvent(event);
            onEvent(event);
          },
        }),
        redactor,
        ...graceOf(workspace),
      });
      const outcome = handle.outcome.then(async (result) => {
        await report.close(result);
        return result;
      });
      return { ...handle, outcome };
    },
    dependencies,
    async edit(changes) {
      workspace = await editProject(workspace, changes);
    },
    replaceWorkspace(changed) {
      workspace = changed;
    },
    async checkBlocks(blocks) {
      const environment = workspace.environment ?? 'any';
      await planRun({ command: 'run', blocks, trigger: 'cli' }, { ...workspace, environment });
    },
    program: launcher.meltano,
    async close() {
      await store?.then((opened) => opened.close()).catch(() => {});
      await database?.then((opened) => opened.close()).catch(() => {});
    },
  };
}

/** How long a plugin may take to stop, in milliseconds; the runner's own time when the project says nothing. */
function graceOf(workspace: Workspace): { readonly graceMs?: number } {
  const seconds = workspace.projectSetting('run.grace_seconds').value;
  return typeof seconds === 'number' && seconds >= 0 ? { graceMs: seconds * 1000 } : {};
}

/** `HTTP_PROXY` and its kin hold for what this program asks of the network, as they do for Meltano. */
async function useProxies(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  if (!['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => env[name])) return;
  // Older hosts do not have it; loading the module brings an HTTP client along, so only who needs it does.
  const { setGlobalProxyFromEnv }: Partial<typeof import('node:http')> = await import('node:http');
  setGlobalProxyFromEnv?.();
}
