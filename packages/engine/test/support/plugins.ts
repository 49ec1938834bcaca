import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { PluginCommand } from '@meltano/project/plugin/definition';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';

export interface TestPlugin {
  readonly name: string;
  readonly type: PluginType;
  readonly executable?: string;
  readonly capabilities?: readonly string[];
  readonly config?: JsonObject;
  readonly extras?: Readonly<Record<string, JsonValue>>;
  readonly commands?: Readonly<Record<string, Partial<PluginCommand> & { readonly args: string }>>;
  readonly npmPackage?: string;
  readonly pipUrl?: string;
  readonly mapping?: string;
  readonly secrets?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A resolved plugin with only what a test says. */
export function testPlugin(plugin: TestPlugin): ResolvedPlugin {
  const place = { file: 'meltano.yml' };
  const commands = Object.fromEntries(
    Object.entries(plugin.commands ?? {}).map(([name, command]) => [
      name,
      { description: undefined, executable: undefined, containerSpec: undefined, ...command },
    ]),
  );
  const shared = {
    type: plugin.type,
    name: plugin.name,
    namespace: plugin.name.replaceAll('-', '_'),
    label: plugin.name,
    variant: undefined,
    description: undefined,
    docs: undefined,
    repo: undefined,
    pipUrl: plugin.pipUrl,
    npmPackage: plugin.npmPackage,
    python: undefined,
    executable: plugin.executable ?? plugin.name,
    capabilities: plugin.capabilities ?? [],
    settings: [],
    settingsGroupValidation: [],
    commands,
    requires: {},
    requiresMeltano: undefined,
  };
  return {
    ...shared,
    kind: 'custom',
    parent: undefined,
    definition: { ...shared, supportedPythonVersions: [], extras: {}, written: {} },
    extras: [],
    installable: plugin.pipUrl !== undefined,
    invokable: true,
    folder: plugin.name,
    mapping: plugin.mapping === undefined ? undefined : { name: plugin.mapping, config: {} },
    written: {
      type: plugin.type,
      name: plugin.name,
      inheritFrom: undefined,
      namespace: undefined,
      variant: undefined,
      config: {},
      env: {},
      extras: {},
      entry: {},
      place,
    },
  };
}
