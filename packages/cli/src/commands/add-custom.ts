import type { JsonObject } from '@meltano/foundation/json';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import { settingKinds } from '@meltano/project/settings/setting-definition';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { askText } from '../prompt.ts';
import type { AddOptions } from './add-options.ts';

/**
 * The entry of a plugin that no Hub knows, from answers on the command line or, at a terminal, from questions.
 * Without a terminal answers come line by line from the input; throws `cli.aborted` where it has none left.
 * Source: meltano-cli §8.3.
 */
export async function describeCustomPlugin(
  host: Host,
  type: PluginType,
  name: string,
  options: AddOptions,
): Promise<JsonObject> {
  if (type === 'transforms' || type === 'orchestrators') {
    throw cliError('not_available', {
      message: `--custom is not supported for ${type}`,
      hint: 'meltano add --help',
    });
  }
  const missing = unansweredOptions(type, options);
  const answer = async (given: string | undefined, label: string, initial: string) =>
    given ?? askText(host.terminal, label, { option: missing, initial });
  const namespace = await answer(options.namespace, '(namespace)', name.replaceAll('-', '_'));
  const pipUrl = await answer(options.pipUrl, '(pip_url) What to install; n for nothing', name);
  const installs = pipUrl !== 'n' && pipUrl !== '';
  const executable = await answer(options.executable, '(executable)', programName(installs ? pipUrl : name));
  const capabilities =
    type === 'extractors'
      ? list(await answer(options.capabilities, '(capabilities) Comma-separated', ''))
      : [];
  const settings = takesSettings(type)
    ? list(await answer(options.settings, '(settings) Comma-separated, each name or name:kind', '')).map(
        parseSetting,
      )
    : [];
  return {
    name,
    namespace,
    ...(installs ? { pip_url: pipUrl } : {}),
    executable,
    ...(capabilities.length > 0 ? { capabilities } : {}),
    ...(settings.length > 0 ? { settings } : {}),
  };
}

/** The options that still want an answer, as they are typed. */
function unansweredOptions(type: PluginType, options: AddOptions): string {
  const asked: readonly (readonly [string, string | undefined])[] = [
    ['--namespace <name>', options.namespace],
    ['--pip-url <package>', options.pipUrl],
    ['--executable <name>', options.executable],
    ...(type === 'extractors' ? [['--capabilities <list>', options.capabilities] as const] : []),
    ...(takesSettings(type) ? [['--settings <list>', options.settings] as const] : []),
  ];
  return asked.flatMap(([option, given]) => (given === undefined ? [option] : [])).join(' ');
}

function takesSettings(type: PluginType): boolean {
  return ['extractors', 'loaders', 'transformers'].includes(type);
}

/** The last part of an address, without its ending: `git+https://x/tap-y.git` → `tap-y`. */
function programName(pipUrl: string): string {
  const last = pipUrl.split(/\s+/)[0]?.split('/').at(-1) ?? pipUrl;
  return last.replace(/\.[^.]*$/, '').replace(/[=<>~!@[].*$/, '');
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function parseSetting(text: string): JsonObject {
  const [name = '', kind] = text.split(':');
  if (kind === undefined) return { name };
  if (settingKinds.some((each) => each === kind)) return { name, kind };
  throw cliError('invalid_definition', {
    message: `'${kind}' is not a kind of setting`,
    hint: `kinds are ${settingKinds.join(', ')}`,
  });
}
