import { join } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import { isAppError } from '@meltano/foundation/errors';
import { type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { nearNames } from '@meltano/foundation/near-names';
import { type PluginDefinition, parseDefinition } from '@meltano/project/plugin/definition';
import { type PluginType, pluginTypes, pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import { systemClock } from '../system/system-clock.ts';
import { createBundledDefinitions } from './bundled-definitions.ts';
import { hubError } from './errors.ts';
import { type HubEntry, type HubIndex, parseHubIndex } from './hub-index.ts';
import { createHubSource, type HubAnswer } from './hub-source.ts';

/** Where plugin definitions come from that a project has not locked yet. */
export interface Hub {
  /** Address or folder of the API's root. */
  readonly root: string;
  /**
   * One variant's definition; without one, or with `default` or `original`, the default: of a plugin that is
   * newly added (`prefer: 'native'`) the one that travels with the program, if there is one; of an entry that
   * a project has already (`prefer: 'hub'`) the Hub's, as it was when the entry was written. Throws
   * `hub.unknown_plugin` and `hub.unknown_variant` with near names, and `hub.unreachable`.
   */
  find(type: PluginType, name: string, variant?: string, options?: FindOptions): Promise<PluginDefinition>;
  /** The type of a plugin that travels with the program. */
  nativeType(name: string): PluginType | undefined;
  /** Never fails for want of a network: then it holds what is known without. */
  index(type: PluginType): Promise<HubIndex>;
  /** Whether the Hub itself answers, as `hub ping` asks. */
  ping(): Promise<boolean>;
}

export interface FindOptions {
  /** Default `native`. */
  readonly prefer?: 'native' | 'hub';
}

export interface HubOptions {
  /** `hub_api_root`, else `<hub_url>/meltano/api/v1`; or a folder with the same layout. */
  readonly root: string;
  /** The setting `hub_url_auth`, sent as `Authorization`. */
  readonly auth?: string | undefined;
  /** Further headers, e.g. `X-Project-ID`, `X-Meltano-Command`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly version: string;
  /** The user's cache folder of this program. */
  readonly cacheFolder: string;
  /** Definitions that travel with the program, each with its `plugin_type`. */
  readonly bundled: readonly JsonObject[];
  readonly log: Log;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** For one attempt; default 10 s. */
  readonly timeoutMs?: number;
}

export function createHub(options: HubOptions): Hub {
  const { root, auth, headers, version, cacheFolder, log, signal } = options;
  const bundled = createBundledDefinitions(options.bundled);
  const source = createHubSource({
    root,
    headers: {
      Accept: 'application/json',
      'User-Agent': `Meltano/${version}`,
      ...(auth === undefined || auth === '' ? {} : { Authorization: auth }),
      ...headers,
    },
    cacheFolder: join(cacheFolder, 'hub'),
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    signal,
    timeoutMs: options.timeoutMs ?? 10_000,
  });

  const readIndex = async (type: PluginType) => {
    const answer = await source.read(`plugins/${type}/index`);
    if (answer.kind !== 'found') return answer;
    const entries = parseHubIndex(parseAnswer(answer.body, source.label));
    if (entries === undefined) throw invalidAnswer(source.label);
    return { ...answer, entries };
  };
  const findRemote = async (type: PluginType, name: string, asked: string | undefined) => {
    const index = await readIndex(type);
    if (index.kind !== 'found')
      throw indexFailed(index, { type, name, root: source.label, native: bundled.names(type) });
    const entry = index.entries.get(name);
    if (entry === undefined)
      throw unknownPlugin(type, name, [...index.entries.keys(), ...bundled.names(type)]);
    const variant = asked ?? entry.defaultVariant ?? [...entry.variants.keys()][0] ?? 'default';
    if (!entry.variants.has(variant))
      throw unknownVariant({
        type,
        name,
        variant,
        entry: bundled.addTo(type, index.entries).get(name) ?? entry,
      });
    log.log('info', 'Fetching plugin definition from Meltano Hub', { plugin_name: name, variant });
    const answer = await source.read(entry.variants.get(variant) ?? `plugins/${type}/${name}--${variant}`);
    if (answer.kind === 'unreachable') throw unreachable(answer, name);
    if (answer.kind === 'refused') throw refused(answer, 'can not retrieve plugin');
    if (answer.isStale)
      log.log('warning', `The Hub was not reached; the definition of '${name}' is one from earlier`);
    return parseDefinition(type, withDefaults(parseAnswer(answer.body, source.label), name, variant));
  };

  return {
    root: source.label,
    async find(type, name, variant, { prefer = 'native' } = {}) {
      const asked =
        variant === undefined || variant === 'default' || variant === 'original' ? undefined : variant;
      const native = bundled.find(type, name);
      if (native !== undefined && asked === native.variant) return native;
      if (native !== undefined && asked === undefined) {
        return prefer === 'native' ? native : findRemote(type, name, asked).catch(sayNativeExists(name));
      }
      if (asked === 'native') throw noNative(type, name, bundled.names(type));
      return findRemote(type, name, asked);
    },
    nativeType: bundled.typeOf,
    async index(type) {
      const index = await readIndex(type);
      if (index.kind === 'found')
        return { entries: bundled.addTo(type, index.entries), source: index.isStale ? 'cache' : 'hub' };
      return { entries: bundled.addTo(type, new Map()), source: 'bundled' };
    },
    async ping() {
      const answer = await source.read('plugins/orchestrators/index');
      return answer.kind === 'found' && !answer.isStale;
    },
  };
}

/** Offline an entry without variant cannot be resolved; what it could name instead is said. */
function sayNativeExists(name: string): (error: unknown) => never {
  return (error) => {
    if (!isAppError(error) || error.code !== 'hub.unreachable') throw error;
    throw hubError('unreachable', {
      message: error.message,
      hint: `Check the network, or add \`variant: native\` to the entry of '${name}' to use the connector that comes with this program`,
      details: error.details,
      cause: error,
    });
  };
}

function parseAnswer(body: string, root: string): JsonValue {
  try {
    return parseJson(body);
  } catch (cause) {
    throw invalidAnswer(root, cause);
  }
}

/** The variant's name is the one in the index, whatever the definition says of itself. */
function withDefaults(value: JsonValue, name: string, variant: string): JsonValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { name, ...(value as JsonObject), variant }
    : value;
}

function invalidAnswer(root: string, cause?: unknown) {
  return hubError('invalid_answer', {
    message: `What ${root} answered is not the Hub's JSON`,
    hint: 'Check hub_url and hub_api_root, and whether a proxy or a sign-in page stands in between',
    cause,
  });
}

function indexFailed(
  answer: Exclude<HubAnswer, { kind: 'found' }>,
  { type, name, root, native }: { type: PluginType; name: string; root: string; native: readonly string[] },
) {
  if (answer.kind === 'unreachable') return unreachable(answer, name, native);
  if (answer.status === 404) {
    return hubError('unknown_type', {
      message: `${title(type)} is not supported in Meltano Hub. Available plugin types: ${JSON.stringify(pluginTypes)}`,
      hint: `Check hub_url and hub_api_root: ${root} has no index of ${type}`,
    });
  }
  return refused(answer, `can not retrieve plugins of type '${pluginTypeWords[type].singular}'`);
}

function refused({ status, reason }: { status: number; reason: string }, what: string) {
  return hubError('refused', {
    message: `${reason} (${status}): ${what}`,
    hint:
      status === 401 || status === 403
        ? 'Check the setting hub_url_auth'
        : 'Try again later, or set hub_url to a mirror',
    details: { status },
  });
}

function unreachable(
  { url, reason }: { url: string; reason: string },
  name: string,
  native: readonly string[] = [],
) {
  const [near] = nearNames(name, native);
  const misspelt = near === undefined ? '' : `Did you mean '${near}', which needs no network? Else check`;
  return hubError('unreachable', {
    message: `Could not connect to Meltano Hub at ${url}: ${reason}`,
    hint: `${misspelt || 'Check'} the network, set hub_url to a mirror or a folder, or describe the plugin yourself: meltano add --custom ${name}`,
    details: { url },
  });
}

function unknownPlugin(type: PluginType, name: string, known: readonly string[]) {
  const near = nearNames(name, new Set(known));
  const check = 'Check https://hub.meltano.com/ for available plugins';
  return hubError('unknown_plugin', {
    message: `${title(type)} '${name}' is not known to Meltano. ${check}`,
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `List them with \`meltano hub list --plugin-type ${type}\`, or describe it yourself: meltano add --custom ${name}`,
    details: { near },
  });
}

function unknownVariant({
  type,
  name,
  variant,
  entry,
}: {
  type: PluginType;
  name: string;
  variant: string;
  entry: HubEntry;
}) {
  const names = [...entry.variants.keys()];
  const known = names
    .map((each) => `'${each === entry.defaultVariant ? `${each} (default)` : each}'`)
    .join(', ');
  const [near] = nearNames(variant, names);
  return hubError('unknown_variant', {
    message: `${title(type)} '${name}' variant '${variant}' is not known to Meltano. Variants: [${known}]`,
    hint:
      near === undefined ? 'Choose one of these variants with --variant' : `Did you mean --variant ${near}?`,
    details: { variants: names },
  });
}

function noNative(type: PluginType, name: string, names: readonly string[]) {
  return hubError('unknown_variant', {
    message: `${title(type)} '${name}' has no native variant`,
    hint: names.length === 0 ? 'Leave out --variant' : `Native ${type}: ${names.join(', ')}`,
  });
}

/** As Meltano begins its sentences: `Extractor`, `File bundle`. */
function title(type: PluginType): string {
  const { descriptor } = pluginTypeWords[type];
  return descriptor.charAt(0).toUpperCase() + descriptor.slice(1);
}
