import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { Catalog, CatalogStream } from '@meltano/singer/catalog';
import { applyCatalogRules } from '@meltano/singer/catalog-rules';
import { listSelection, streamSelection } from '@meltano/singer/selection';
import { knownCatalog } from './catalog/known-catalog.ts';
import { catalogRules } from './catalog/prepare-catalog.ts';
import type { Engine } from './engine.ts';
import { locateExecutable } from './invoke/locate-executable.ts';
import { isNative } from './run/native.ts';
import type { Block, ExtractLoadBlock } from './run/run-plan.ts';
import type { RunRequest } from './run/run-request.ts';
import { effectiveState } from './state/state-record.ts';
import type { Workspace } from './workspace/workspace.ts';

/** What a block would begin with, as far as it can be told without starting anything. */
export interface BlockDetails {
  /** Undefined for a command, and when the run neither reads nor stores state. */
  readonly state: StateDetails | undefined;
  readonly selection: SelectionDetails | undefined;
  readonly plugins: readonly PluginDetails[];
}

export type StateDetails =
  /** Bookmarks by stream; another kind of state under the name `state`. */
  | { readonly kind: 'known'; readonly bookmarks: Readonly<Record<string, JsonValue>> }
  | { readonly kind: 'none' | 'ignored' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type SelectionDetails =
  | { readonly kind: 'known'; readonly total: number; readonly streams: readonly StreamDetails[] }
  /** Nothing is cached: it is found out when the run starts. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface StreamDetails {
  readonly stream: string;
  /** Top-level properties that are read, of so many. */
  readonly columns: number;
  readonly allColumns: number;
  /** Undefined when the tap decides. */
  readonly method: string | undefined;
  readonly replicationKey: string | undefined;
}

export interface PluginDetails {
  readonly plugin: ResolvedPlugin;
  /** Path of the program; undefined for a connector inside this one, and when it is not installed. */
  readonly program: string | undefined;
  readonly native: boolean;
  /** Settings and extras that do not have their default, references not followed. */
  readonly settings: readonly ResolvedSetting[];
  /** Why the settings cannot be told. */
  readonly problem: string | undefined;
}

/** With `catalog` that one is described, instead of the cached one. */
export async function describeBlock(
  engine: Engine,
  block: Block,
  request: RunRequest,
  catalog?: Catalog,
): Promise<BlockDetails> {
  const { workspace } = engine;
  const isPair = block.kind === 'extract-load';
  const members = isPair ? [block.extractor, ...block.mappers, block.loader] : [block.plugin];
  return {
    state: isPair ? await describeState(engine, block, request) : undefined,
    selection: isPair ? await describeSelection(workspace, block.extractor, request, catalog) : undefined,
    plugins: await Promise.all(members.map((plugin) => describePlugin(workspace, plugin))),
  };
}

async function describeState(
  engine: Engine,
  { stateId }: ExtractLoadBlock,
  request: RunRequest,
): Promise<StateDetails | undefined> {
  if (stateId === undefined) return undefined;
  if (request.fullRefresh) return { kind: 'ignored' };
  try {
    const record = await (await engine.stateStore()).get(stateId);
    const state = record === undefined ? undefined : effectiveState(record)['singer_state'];
    return state === undefined ? { kind: 'none' } : { kind: 'known', bookmarks: bookmarksOf(state) };
  } catch (error) {
    return { kind: 'unreadable', reason: errorMessage(error) };
  }
}

function bookmarksOf(state: JsonValue): Readonly<Record<string, JsonValue>> {
  const bookmarks = isJsonObject(state) ? state['bookmarks'] : undefined;
  return isJsonObject(bookmarks) ? bookmarks : { state };
}

async function describeSelection(
  workspace: Workspace,
  extractor: ResolvedPlugin,
  request: RunRequest,
  given: Catalog | undefined,
): Promise<SelectionDetails> {
  try {
    if (given !== undefined) return selectionOf(given);
    const extras = await extrasOf(workspace, extractor, request);
    const custom = extras['_catalog'];
    const known = knownCatalog(workspace, extractor, custom);
    if (known === undefined) return { kind: 'unknown' };
    return selectionOf(
      applyCatalogRules(known, catalogRules(extras), { filterOnly: Boolean(custom) }).catalog,
    );
  } catch (error) {
    return { kind: 'unreadable', reason: errorMessage(error) };
  }
}

/** The rules for the catalog, with what the options of `el` say on top. */
async function extrasOf(
  workspace: Workspace,
  extractor: ResolvedPlugin,
  { catalog, select, exclude }: RunRequest,
): Promise<JsonObject> {
  const filter = [...(select ?? []), ...(exclude ?? []).map((pattern) => `!${pattern}`)];
  const overrides = {
    ...(filter.length === 0 ? {} : { _select_filter: filter }),
    ...(catalog === undefined ? {} : { _catalog: catalog }),
  };
  const { extras } = await workspace.pluginSettings(extractor, { overrides });
  return Object.fromEntries(extras.map(({ definition, value }) => [definition.name, value]));
}

function selectionOf(catalog: Catalog): SelectionDetails {
  const selected = catalog.streams.filter((stream) => streamSelection(stream).selected);
  return { kind: 'known', total: catalog.streams.length, streams: selected.map(describeStream) };
}

function describeStream(stream: CatalogStream): StreamDetails {
  const { isPropertySelected } = streamSelection(stream);
  const { properties } = stream.schema;
  const names = isJsonObject(properties)
    ? Object.keys(properties)
    : (listSelection({ streams: [stream] })[0]?.properties ?? []).map(({ name }) => name);
  const root = stream.metadata?.find((entry) => entry.breadcrumb.length === 0)?.metadata ?? {};
  const text = (...values: readonly (JsonValue | undefined)[]) =>
    values.find((value): value is string => typeof value === 'string' && value !== '');
  return {
    stream: stream.tap_stream_id,
    columns: names.filter((name) => isPropertySelected([name])).length,
    allColumns: names.length,
    method: text(root['replication-method'], root['forced-replication-method'], stream.replication_method),
    replicationKey: text(root['replication-key'], stream.replication_key),
  };
}

async function describePlugin(workspace: Workspace, plugin: ResolvedPlugin): Promise<PluginDetails> {
  const native = isNative(plugin);
  const head = { plugin, native, program: native ? undefined : programOf(workspace, plugin) };
  try {
    const { settings, extras } = await workspace.pluginSettings(plugin);
    return { ...head, settings: withoutParts([...settings, ...extras].filter(isGiven)), problem: undefined };
  } catch (error) {
    return { ...head, settings: [], problem: errorMessage(error) };
  }
}

/** An object that is shown as a whole is not shown again in its parts. */
function withoutParts(settings: readonly ResolvedSetting[]): readonly ResolvedSetting[] {
  const names = settings.map(({ definition }) => `${definition.name}.`);
  return settings.filter(({ definition }) => !names.some((name) => definition.name.startsWith(name)));
}

function isGiven({ origin, value }: ResolvedSetting): boolean {
  return origin !== undefined && origin.store !== 'default' && value !== null;
}

function programOf(workspace: Workspace, plugin: ResolvedPlugin): string | undefined {
  const { root, systemDir, projectEnv } = workspace;
  try {
    return locateExecutable(plugin, { root, systemDir, searchPath: projectEnv['PATH'] }).path;
  } catch {
    return undefined;
  }
}
