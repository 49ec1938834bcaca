import { statSync } from 'node:fs';
import {
  resetSettings,
  type SettingWrite,
  setSetting,
  unsetSetting,
} from '@meltano/engine/workspace/write-setting';
import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import { pythonRepr } from '@meltano/foundation/python-text';
import { redacted } from '@meltano/foundation/redact';
import { parseStoreChoice } from '@meltano/project/settings/choose-store';
import { envName } from '@meltano/project/settings/env-names';
import { looksLikeSecret } from '@meltano/project/settings/secrets';
import { findSetting } from '@meltano/project/settings/setting-definition';
import { settingPath } from '@meltano/project/settings/setting-path';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { abortedText } from '../prompt.ts';
import { readInput } from '../read-input.ts';
import type { Session } from '../session.ts';
import { type ConfigTarget, findConfigTarget } from './config-target.ts';
import { originText, shownValue, storeLabel } from './setting-text.ts';

interface WriteOptions {
  readonly pluginType?: string;
  readonly databaseUri?: string;
  readonly store: string;
}

const open = (host: Host, options: WriteOptions) =>
  host.open({ command: 'config', environment: 'explicit', ...options });

/** `meltano config set`. */
export async function setConfig(
  host: Host,
  name: string,
  words: readonly string[],
  options: WriteOptions & { readonly interactive?: boolean; readonly fromFile?: string },
): Promise<void> {
  const session = await open(host, options);
  const target = await findConfigTarget(session, name, options.pluginType);
  if (options.interactive || (words.length === 0 && options.fromFile === undefined)) {
    const { setInteractively } = await import('./config-interactive.ts');
    return setInteractively(session, target, (path, value) =>
      write(session, target, path, value, options.store),
    );
  }
  const { path, value } = await readAssignment(host, words, options.fromFile);
  await write(session, target, path, value, options.store);
}

async function readAssignment(
  host: Host,
  words: readonly string[],
  fromFile: string | undefined,
): Promise<{ readonly path: readonly string[]; readonly value: string }> {
  if (fromFile !== undefined)
    return { path: words, value: (await readInput(fromFile, host.terminal)).trim() };
  const value = words.at(-1);
  if (words.length < 2 || value === undefined) {
    throw cliError('usage', {
      message: 'A setting and its value are needed',
      hint: 'meltano config set <plugin> <setting> <value>',
    });
  }
  return { path: settingPath(words.slice(0, -1)), value };
}

async function write(
  session: Session,
  target: ConfigTarget,
  path: readonly string[],
  text: string,
  store: string,
): Promise<void> {
  warnIfUnknown(session, target, path);
  const owner = target.plugin ?? 'meltano';
  const done = await setSetting(session.workspace, {
    owner,
    path,
    store: parseStoreChoice(store),
    value: text,
  });
  session.engine.replaceWorkspace(done.workspace);
  if (done.store === undefined) return;
  session.tell(
    `${target.label} setting '${done.name}' was set in ${storeLabel(done.store)}: ${writtenText(target, done)}`,
  );
  warnIfOthersRead(session, done);
  warnIfInTheClear(session, target, done);
  await reportStronger(session, target, done);
}

/** A file that was there before keeps its mode, which may be no good for what has now come into it. */
function warnIfOthersRead(
  { workspace: { dotenvFile }, log }: Session,
  { store, definition }: SettingWrite,
): void {
  if (store !== 'dotenv' || definition?.sensitive !== true || process.platform === 'win32') return;
  if (((statSync(dotenvFile, { throwIfNoEntry: false })?.mode ?? 0) & 0o004) === 0) return;
  log.log('warning', `Every user of this machine can read ${dotenvFile}: chmod 600 ${dotenvFile}`);
}

/** A secret is kept out of the project's files only where something says that it is one (Invariant 5). */
function warnIfInTheClear(
  { log }: Session,
  { plugin }: ConfigTarget,
  { store, definition, name, value }: SettingWrite,
): void {
  if (store !== 'meltano_yml' && store !== 'meltano_environment') return;
  if (!looksLikeSecret(name, value, definition)) return;
  const owner = plugin?.name ?? 'meltano';
  const variable = envName(owner, name);
  log.log(
    'warning',
    `Setting '${name}' looks like a secret, and stands in a file of the project in the clear: declare it with \`sensitive: true\`, or keep it in .env as ${variable} and \`meltano config set ${owner} ${name} '$${variable}'\``,
  );
}

function writtenText(target: ConfigTarget, { definition, value }: SettingWrite): string {
  if (definition?.sensitive === true) return redacted;
  const setting = [...target.settings, ...target.extras].find(
    (each) => each.definition.name === definition?.name,
  );
  return setting === undefined ? pythonRepr(value) : shownValue(setting, value, false);
}

/** An undeclared setting is stored all the same, unless it lies inside a declared one. */
function warnIfUnknown(session: Session, target: ConfigTarget, path: readonly string[]): void {
  const definitions = [...target.settings, ...target.extras]
    .map((setting) => setting.definition)
    .filter((definition) => !definition.custom);
  const known = path.some(
    (_, index) => findSetting(definitions, path.slice(0, index + 1).join('.')) !== undefined,
  );
  if (known) return;
  const name = path.join('.');
  const near = nearNames(
    name,
    definitions.map((definition) => definition.name),
  );
  session.log.log('warning', `Unknown setting '${name}'`);
  if (near.length > 0)
    session.log.log('info', `Did you mean ${near.map((each) => `'${each}'`).join(' or ')}?`);
}

/** A stronger layer may still decide what the plugin gets. */
async function reportStronger(session: Session, before: ConfigTarget, done: SettingWrite): Promise<void> {
  const target = await findConfigTarget(session, before.plugin?.name ?? 'meltano', before.plugin?.type);
  const all = [...target.settings, ...target.extras];
  const name = done.definition?.name ?? done.name;
  const current = all.find((setting) => setting.definition.name === name);
  if (
    current?.origin === undefined ||
    current.origin.store === done.store ||
    isPart(current.value, done.value)
  )
    return;
  const value = shownValue(current, current.value, false);
  session.tell(
    session.outStyle.yellow(`Current value is still: ${value} (from ${storeLabel(current.origin.store)})`),
  );
}

/** What was set may have become a member of a larger value. */
function isPart(whole: JsonValue, part: JsonValue): boolean {
  return (isJsonObject(whole) || isJsonArray(whole)) && !isJsonObject(part) && !isJsonArray(part);
}

/** `meltano config unset`. */
export async function unsetConfig(
  host: Host,
  name: string,
  words: readonly string[],
  options: WriteOptions,
): Promise<void> {
  const session = await open(host, options);
  const target = await findConfigTarget(session, name, options.pluginType);
  const owner = target.plugin ?? 'meltano';
  const done = await unsetSetting(session.workspace, {
    owner,
    path: settingPath(words),
    store: parseStoreChoice(options.store),
  });
  session.engine.replaceWorkspace(done.workspace);
  session.tell(
    `${target.label} setting '${done.name}' in ${storeLabel(options.store === 'auto' ? 'auto' : (done.store ?? options.store))} was unset`,
  );
  const after = await findConfigTarget(session, name, options.pluginType);
  const current = [...after.settings, ...after.extras].find(
    (setting) => setting.definition.name === (done.definition?.name ?? done.name),
  );
  if (current?.origin === undefined || current.origin.store === 'default') return;
  const value = shownValue(current, current.value, false);
  session.tell(session.outStyle.yellow(`Current value is now: ${value} (${originText(current.origin)})`));
}

/** `meltano config reset`. */
export async function resetConfig(
  host: Host,
  name: string,
  options: WriteOptions & { readonly yes?: boolean },
): Promise<void> {
  const session = await open(host, options);
  const target = await findConfigTarget(session, name, options.pluginType);
  const store = parseStoreChoice(options.store);
  const question = `This will reset the settings of ${target.label} in ${storeLabel(store)}. Do you want to continue?`;
  if (!options.yes && !(await session.confirm(question, '--yes')))
    throw cliError('aborted', { message: abortedText });
  const done = await resetSettings(session.workspace, { owner: target.plugin ?? 'meltano', store });
  session.engine.replaceWorkspace(done.workspace);
  session.tell(`${target.label} settings in ${storeLabel(store)} were reset`);
}
