import { loadLockedDefinition, saveLockFile } from '@meltano/engine/workspace/lock-files';
import { addPlugin } from '@meltano/engine/workspace/plugin-entries';
import type { JsonObject } from '@meltano/foundation/json';
import type { PluginDefinition } from '@meltano/project/plugin/definition';
import {
  inferPluginType,
  type PluginType,
  pluginTypes,
  pluginTypeWords,
} from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { WrittenPlugin } from '@meltano/project/plugin/written-plugin';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { describeCustomPlugin } from './add-custom.ts';
import { readDefinitionFile } from './add-from-ref.ts';
import type { AddOptions } from './add-options.ts';
import { addProjectFiles, bundleWithoutEntry } from './add-project-files.ts';
import { installAndReport, installFailed } from './install-report.ts';
import { readTypedNames } from './typed-names.ts';

/** `meltano add`. */
export async function addNamed(host: Host, words: readonly string[], options: AddOptions): Promise<void> {
  const session = await host.open({ command: 'add', environment: 'never', ...options });
  const { given, names } = readTypedNames(session, words, {
    pluginType: options.pluginType,
    what: 'is added',
  });
  const wanted = options.as === undefined ? names : [options.as];
  const inheritFrom = options.as === undefined ? options.inheritFrom : names[0];
  const added: ResolvedPlugin[] = [];
  for (const name of wanted) {
    assertName(name);
    const type = given ?? (await nativeType(session, inheritFrom ?? name, options)) ?? inferPluginType(name);
    added.push(...(await addOne(host, session, { type, name, inheritFrom }, options)));
  }
  if (options.install !== false) await installAdded(session, added, options);
  const links = added.flatMap(learnMore);
  if (links.length > 0) session.print('');
  for (const link of links) session.tell(link);
}

/** A connector that comes with the program is what its name says, whatever its name begins with. */
async function nativeType(
  { engine }: Session,
  name: string,
  { custom, fromRef }: AddOptions,
): Promise<PluginType | undefined> {
  if (custom === true || fromRef !== undefined) return undefined;
  return (await engine.hub()).nativeType(name);
}

function assertName(name: string): void {
  if (!name.includes(':')) return;
  throw cliError('invalid_name', {
    message: `The plugin name '${name}' must not contain ':'`,
    hint: 'the colon stands between a plugin and its command',
  });
}

interface Wanted {
  readonly type: PluginType;
  readonly name: string;
  readonly inheritFrom: string | undefined;
  /** Another plugin needs it. */
  readonly required?: boolean;
}

interface Found {
  readonly definition?: PluginDefinition;
  readonly custom?: JsonObject;
  readonly name?: string;
  /** Whether the definition's variant is the one that comes without asking. */
  readonly isDefault?: boolean;
}

async function addOne(
  host: Host,
  session: Session,
  wanted: Wanted,
  options: AddOptions,
): Promise<readonly ResolvedPlugin[]> {
  assertDependencies(session, wanted);
  const found = await findDefinition(host, session, wanted, options);
  const name = found.name ?? wanted.name;
  if (name !== wanted.name) warnOfName(session, wanted.name, name, options.fromRef);
  const { type, inheritFrom } = wanted;
  const known = findExisting(session, type, name) ?? 'new';
  const python = options.python ?? (await pythonFor(session, found.definition));
  const addition = {
    type,
    name,
    inheritFrom,
    definition: found.definition,
    custom: found.custom,
    python,
    update: options.update ?? true,
  };
  if (found.definition !== undefined && !isLeftAlone(known, found.definition, options))
    saveLockFile(session.workspace.root, found.definition);
  // A file bundle that manages no files leaves no entry behind: its files are all there is to it.
  const initialised =
    type === 'files' && known === 'new' && Object.keys(updateMap(found.definition)).length === 0;
  if (initialised && found.definition !== undefined) {
    const plugin = bundleWithoutEntry(session, name, found.definition);
    const status = wanted.required ? 'added' : 'initialised';
    printAdded(session, wanted, { status, plugin, found, python });
    return [plugin, ...(await addRequired(host, session, plugin, options))];
  }
  const done = await addPlugin(session.workspace, addition);
  session.engine.replaceWorkspace(done.workspace);
  const plugin = await session.workspace.findPlugin(name, type);
  if (done.status === 'exists') printExists(session, wanted, options);
  else printAdded(session, wanted, { status: done.status, plugin, found, python });
  const required = await addRequired(host, session, plugin, options);
  return [plugin, ...required];
}

/** Meltano takes the name that the definition has, too, and says nothing. */
function warnOfName({ log }: Session, typed: string, name: string, ref: string | undefined): void {
  log.log(
    'warning',
    `The definition in ${ref} is of '${name}': it is added under that name, not as '${typed}'. For another name, change "name" there`,
  );
}

/** Nothing of an entry that stays as it is may change, its lock file included. */
function isLeftAlone(
  known: WrittenPlugin | 'new',
  definition: PluginDefinition,
  options: AddOptions,
): boolean {
  if (known === 'new') return false;
  return options.update === false || (known.variant !== undefined && known.variant !== definition.variant);
}

function updateMap(definition: PluginDefinition | undefined): object {
  const update = definition?.extras['update'];
  return typeof update === 'object' && update !== null ? update : {};
}

function findExisting({ workspace }: Session, type: PluginType, name: string) {
  return workspace.project.plugins.find((plugin) => plugin.type === type && plugin.name === name);
}

/** A package for dbt is of no use without dbt. */
function assertDependencies({ workspace }: Session, { type, name }: Wanted): void {
  if (type !== 'transforms' || workspace.project.plugins.some((plugin) => plugin.type === 'transformers'))
    return;
  throw cliError('dependency', {
    message: `Failed to install plugin(s): Dependencies not met: transform '${name}' needs a transformer plugin`,
    hint: 'add a transformer first: meltano add --plugin-type=transformers dbt-postgres',
  });
}

/** Source of the order: meltano-cli §8.2. */
async function findDefinition(
  host: Host,
  session: Session,
  wanted: Wanted,
  options: AddOptions,
): Promise<Found> {
  const { type, name, inheritFrom } = wanted;
  if (options.fromRef !== undefined) return readDefinitionFile(options.fromRef, type, session.workspace.root);
  if (options.custom) return { custom: await describeCustomPlugin(host, type, name, options) };
  if (
    inheritFrom !== undefined &&
    options.variant === undefined &&
    findExisting(session, type, inheritFrom) !== undefined
  )
    return {};
  const base = inheritFrom ?? name;
  if (options.variant !== undefined) {
    const locked = loadLockedDefinition(session.workspace.root, {
      type,
      name: base,
      variant: options.variant,
    });
    if (locked !== undefined) return { definition: locked };
  }
  const hub = await session.engine.hub();
  const definition = await hub.find(type, base, options.variant);
  if (options.variant === undefined) return { definition, isDefault: true };
  const entry = (await hub.index(type)).entries.get(base);
  return { definition, isDefault: entry?.defaultVariant === definition.variant };
}

async function pythonFor(
  session: Session,
  definition: PluginDefinition | undefined,
): Promise<string | undefined> {
  const supported = definition?.supportedPythonVersions ?? [];
  if (supported.length === 0) return undefined;
  const { defaultPythonVersion } = await import('@meltano/engine/install/python-choice');
  const own = await defaultPythonVersion(session.workspace.projectEnv);
  if (own === undefined || supported.includes(own)) return undefined;
  const newest = [...supported]
    .sort((a, b) => Number(a.split('.')[1] ?? 0) - Number(b.split('.')[1] ?? 0))
    .at(-1);
  session.log.log(
    'warning',
    `'${definition?.name}' does not support Python ${own}; python${newest} is used for it`,
  );
  return `python${newest}`;
}

/** Adds what the plugin requires and the project does not have. */
async function addRequired(
  host: Host,
  session: Session,
  plugin: ResolvedPlugin,
  options: AddOptions,
): Promise<readonly ResolvedPlugin[]> {
  const added: ResolvedPlugin[] = [];
  for (const type of pluginTypes) {
    for (const { name, variant } of plugin.requires[type] ?? []) {
      if (findExisting(session, type, name) !== undefined) continue;
      const own: AddOptions = {
        ...(variant === undefined ? {} : { variant }),
        ...(options.update === undefined ? {} : { update: options.update }),
      };
      added.push(
        ...(await addOne(host, session, { type, name, inheritFrom: undefined, required: true }, own)),
      );
    }
  }
  return added;
}

interface Printed {
  readonly status: 'added' | 'updated' | 'initialised';
  readonly plugin: ResolvedPlugin;
  readonly found: Found;
  readonly python: string | undefined;
}

function printAdded(
  session: Session,
  { type, inheritFrom, required }: Wanted,
  { status, plugin, found, python }: Printed,
): void {
  const what = `${required ? 'required ' : ''}${pluginTypeWords[type].descriptor} '${plugin.name}'`;
  const lines = {
    added: `Added ${what} to your project`,
    updated: `Updated ${what} in your project`,
    initialised: `Initialized ${what} in your project`,
  };
  session.print(session.outStyle.green(lines[status]));
  const own = found.definition?.variant ?? (found.custom === undefined ? undefined : plugin.variant);
  const isDefault = found.isDefault ?? found.custom !== undefined;
  const variant = own === undefined ? undefined : `${own}${isDefault ? ' (default)' : ''}`;
  if (inheritFrom !== undefined)
    session.print(`Inherit from:\t${inheritFrom}${variant === undefined ? '' : `, variant ${variant}`}`);
  else if (variant !== undefined) session.print(`Variant:\t${variant}`);
  if (plugin.repo !== undefined) session.print(`Repository:\t${plugin.repo}`);
  if (plugin.docs !== undefined) session.print(`Documentation:\t${plugin.docs}`);
  const runsOn = python ?? plugin.python;
  if (runsOn !== undefined) session.print(`Python Version:\t${runsOn}`);
  session.print('');
}

function printExists(session: Session, { type, name }: Wanted, options: AddOptions): void {
  const { descriptor } = pluginTypeWords[type];
  const title = descriptor.charAt(0).toUpperCase() + descriptor.slice(1);
  session.terminal.stderr.write(
    `${session.errStyle.yellow(`${title} '${name}' already exists in your Meltano project`)}\n`,
  );
  if (options.update === false || options.variant === undefined) {
    session.print(`To add it to your project another time so that each can be configured differently,`);
    session.print(`add a new plugin inheriting from the existing one with its own unique name:`);
    session.print(
      `\tmeltano add --plugin-type ${pluginTypeWords[type].singular} ${name}--new --inherit-from ${name}`,
    );
    return;
  }
  session.print(`To switch from the current variant to ${options.variant}:`);
  session.print(`1. Update \`variant\` and \`pip_url\` of '${name}' in your \`meltano.yml\` project file`);
  session.print(`2. Reinstall the plugin:`);
  session.print(`\tmeltano install --plugin-type ${pluginTypeWords[type].singular} ${name}`);
  session.print(`Alternatively, to keep the existing plugin with the current variant,`);
  session.print(`add the new variant as a separate plugin with its own unique name:`);
  session.print(
    `\tmeltano add --plugin-type ${pluginTypeWords[type].singular} ${name}--${options.variant} --inherit-from ${name} --variant ${options.variant}`,
  );
}

async function installAdded(
  session: Session,
  plugins: readonly ResolvedPlugin[],
  options: AddOptions,
): Promise<void> {
  const failures = await installAndReport(session, plugins, {
    reason: 'add',
    force: options.forceInstall ?? false,
  });
  if (failures.length > 0) {
    const names = failures.map(({ plugin }) => plugin.name).join(' ');
    throw installFailed(failures, `the entries are kept; then: meltano install ${names}`);
  }
  for (const plugin of plugins) await addProjectFiles(session, plugin);
}

function learnMore({ type, name, docs, repo, npmPackage }: ResolvedPlugin): readonly string[] {
  const url = docs ?? repo;
  const what = `${pluginTypeWords[type].descriptor} '${name}'`;
  if (url !== undefined) return [`To learn more about ${what}, visit ${url}`];
  return npmPackage === undefined ? [] : [`To see the settings of ${what}: meltano config list ${name}`];
}
