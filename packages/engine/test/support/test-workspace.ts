import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { PreparedPlugin, Workspace } from '../../src/workspace/workspace.ts';
import { type TestPlugin, testPlugin } from './plugins.ts';

/** Absolute path of a fixture program. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/bin/${name}.mjs`, import.meta.url));
}

export interface TestWorkspace {
  readonly workspace: Workspace;
  readonly root: string;
  plugin(name: string): ResolvedPlugin;
  remove(): void;
}

/** A workspace in a temporary folder whose plugins are exactly what the test says. */
export function createTestWorkspace(
  plugins: readonly TestPlugin[],
  settings: Readonly<Record<string, JsonValue>> = {},
  folder: string = mkdtempSync(join(tmpdir(), 'meltano-run-')),
): TestWorkspace {
  const root = realpathSync(folder);
  mkdirSync(join(root, '.meltano'), { recursive: true });
  const resolved = new Map(plugins.map((plugin) => [plugin.mapping ?? plugin.name, testPlugin(plugin)]));
  // `$ROOT` in a setting or variable is the folder of this test.
  const placed = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('$ROOT', root)) as T;
  const prepare = (
    plugin: ResolvedPlugin,
    overrides: Readonly<Record<string, JsonValue>>,
  ): PreparedPlugin => {
    const given = plugins.find((each) => each.name === plugin.name && each.type === plugin.type);
    const config = placed(given?.config ?? {});
    const path = process.env['PATH'] ?? '';
    return {
      plugin,
      config,
      flatConfig: config,
      extras: {
        _select: ['*.*'],
        _metadata: {},
        _schema: {},
        _select_filter: [],
        ...given?.extras,
        ...overrides,
      },
      // Fixture programs are scripts: the Node.js of the test comes first.
      env: {
        PATH: [dirname(process.execPath), path].join(delimiter),
        HOME: root,
        ...placed(given?.env ?? {}),
      },
      exported: {},
      secrets: given?.secrets ?? [],
    };
  };
  const unused = () => {
    throw new Error('not part of this test');
  };
  // Only what the runner asks for; anything else is an error in the test.
  const parts: Partial<Workspace> = {
    root,
    systemDir: join(root, '.meltano'),
    project: {
      plugins: [],
      environments: [],
      jobs: [],
      schedules: [],
      env: {},
      settings: {},
      requiresMeltano: undefined,
      merged: {},
      warnings: [],
    },
    environment: 'dev',
    processEnv: {},
    dotenv: {},
    plugins: async () => [...resolved.values()],
    findPlugin: unused,
    lookUpPlugin: async (name, type) => {
      const found = resolved.get(name);
      return type === undefined || found?.type === type ? found : undefined;
    },
    projectSetting: (name) => ({
      definition: unused as never,
      value: settings[name] ?? null,
      origin: undefined,
      hides: [],
    }),
    projectSettings: () => [],
    pluginSettings: unused,
    preparePlugin: async (plugin, options) => prepare(plugin, options?.overrides ?? {}),
    stateIdSuffix: async () => undefined,
  };
  return {
    workspace: parts as Workspace,
    root,
    plugin(name) {
      const found = resolved.get(name);
      if (found === undefined) throw new Error(`No plugin ${name} in this test`);
      return found;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
