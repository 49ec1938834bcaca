import type { JsonObject } from '@meltano/foundation/json';
import { type ConnectorFacts, connectorAbout } from '../about/connector-about.ts';
import { parseBatchConfig } from '../batch/batch-config.ts';
import { batchSettings } from '../batch/batch-settings.ts';
import { type Config, type ConfigOf, defineConfig } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, OpenTap, Tap, TapContext } from '../connector.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { resolveReferences } from '../schema/resolve-references.ts';
import { assertOwnProperties } from './assert-properties.ts';
import { discoveredCatalog } from './discover.ts';
import { tapError } from './errors.ts';
import { planStreams } from './plan-stream.ts';
import { type ReadPolicy, readStreams } from './read-streams.ts';
import type { Stream, StreamTemplate } from './stream.ts';
import { createTapState } from './tap-state.ts';

/** What a tap is given to find its streams; `config` is typed, cast and complete. */
export interface SourceContext<C> extends Omit<ConnectorContext, 'config'> {
  readonly config: C;
  /** Of a discovery before, which has told what was to be told of the streams; absent in a discovery itself. */
  readonly catalog?: TapContext['catalog'];
  /** Registers work for the end, e.g. closing a connection; the last registered runs first. */
  defer(cleanup: () => Promise<void> | void): void;
}

/** What templates of streams, such as `rest(…)`, are given. */
export interface TemplateSource extends SourceContext<unknown> {
  readonly http: HttpOptions | undefined;
}

/** Streams by name, each a template that is bound to its name, or a list of finished streams. */
export type TapStreams = readonly Stream[] | Readonly<Record<string, StreamTemplate<TemplateSource>>>;

export interface TapDefinition<S extends Readonly<Record<string, Setting<unknown>>>> extends ConnectorFacts {
  readonly config: Config<S>;
  /** How the source's HTTP API is reached: for streams made by `rest(…)` and `graphql(…)`. */
  http?(source: SourceContext<ConfigOf<S>>): HttpOptions;
  /** The streams there are. A function may look at the source; it is called once for a discovery and once for a run. */
  readonly streams: TapStreams | ((source: SourceContext<ConfigOf<S>>) => TapStreams | Promise<TapStreams>);
  /** How many independent streams, and how many partitions of one, may be read at a time. Default 1: in a fixed order. */
  readonly concurrency?: number;
  /** Whether the other streams go on when one has failed; the run fails in the end either way. Default: stop. */
  readonly onStreamError?: ReadPolicy['onStreamError'];
}

/**
 * Makes a tap of settings and streams. The rest is done here: discovery, catalog, selection, replication,
 * bookmarks, batches, conforming and state.
 */
export function defineTap<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: TapDefinition<S>,
): Tap {
  const config = defineConfig({ ...definition.config.settings, ...batchSettings });
  const about = connectorAbout(definition, config, ['catalog', 'discover', 'state', 'about', 'batch']);
  return {
    kind: 'tap',
    about,
    async discover(context) {
      const source = await openSource(definition, context);
      try {
        return discoveredCatalog(source.streams);
      } finally {
        await source.close();
      }
    },
    async open(context) {
      const source = await openSource(definition, context);
      try {
        return openTap(source, definition, context);
      } catch (error) {
        await source.close();
        throw error;
      }
    },
  };
}

interface Source {
  readonly streams: readonly Stream[];
  readonly config: JsonObject;
  close(): Promise<void>;
}

async function openSource<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: TapDefinition<S>,
  context: ConnectorContext,
): Promise<Source> {
  const cleanups: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) await next();
  };
  try {
    const config = definition.config.parse(context.config);
    // It counts only where records leave the process, but a mistake in it is told wherever the tap is used.
    parseBatchConfig(context.config, definition.name);
    const source: SourceContext<ConfigOf<S>> = {
      ...context,
      config,
      defer: (cleanup) => cleanups.push(cleanup),
    };
    const given =
      typeof definition.streams === 'function' ? await definition.streams(source) : definition.streams;
    const bound = isList(given) ? given : boundStreams(given, { ...source, http: definition.http?.(source) });
    const streams = bound.map(withoutReferences);
    assertDistinct(streams);
    assertParents(streams);
    // Streams that are found at the source may have schemas that were guessed from a few records.
    if (typeof definition.streams !== 'function') for (const stream of streams) assertOwnProperties(stream);
    return { streams, config: config as JsonObject, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function isList(streams: TapStreams): streams is readonly Stream[] {
  return Array.isArray(streams);
}

function boundStreams(
  templates: Readonly<Record<string, StreamTemplate<TemplateSource>>>,
  source: TemplateSource,
): readonly Stream[] {
  return Object.entries(templates).map(([name, template]) => template(name, source));
}

function assertDistinct(streams: readonly Stream[]): void {
  const seen = new Set<string>();
  for (const { name } of streams) {
    if (seen.has(name)) {
      throw tapError('duplicate_stream', {
        message: `There are two streams named "${name}"`,
        hint: 'give each stream a name of its own',
        details: { stream: name },
      });
    }
    seen.add(name);
  }
}

function withoutReferences(stream: Stream): Stream {
  const { name, schema } = stream;
  const json = resolveReferences(schema.json, (reference) => {
    throw tapError('no_such_reference', {
      message: `The schema of stream ${name} refers to ${JSON.stringify(reference)}, which is not in it`,
      hint: 'put what it refers to under "definitions" of the same schema: #/definitions/…',
      details: { stream: name, reference },
    });
  });
  return json === schema.json ? stream : { ...stream, schema: { ...schema, json } };
}

function assertParents(streams: readonly Stream[]): void {
  const byName = new Map(streams.map((stream) => [stream.name, stream]));
  const visit = (stream: Stream, below: readonly string[]): void => {
    for (const link of stream.parents ?? []) {
      const parent = byName.get(link.stream);
      const problem =
        parent === undefined
          ? `there is no stream of that name`
          : below.includes(link.stream)
            ? `that stream descends from it`
            : undefined;
      if (problem !== undefined || parent === undefined) {
        throw tapError('unknown_parent', {
          message: `Stream "${stream.name}" cannot have the parent "${link.stream}": ${problem}`,
          hint: `the streams are ${[...byName.keys()].join(', ')}`,
          details: { stream: stream.name, parent: link.stream },
        });
      }
      visit(parent, [...below, link.stream]);
    }
  };
  for (const stream of streams) visit(stream, [stream.name]);
}

/** Without a catalog all is read that the streams select by default. */
function openTap(
  source: Source,
  definition: { readonly concurrency?: number; readonly onStreamError?: ReadPolicy['onStreamError'] },
  context: TapContext,
): OpenTap {
  const plan = planStreams(source.streams, context.catalog ?? discoveredCatalog(source.streams));
  const state = createTapState(context.state);
  const { start_date: startDate, emit_activate_version_messages: versions } = source.config;
  const policy: ReadPolicy = {
    concurrency: context.concurrency ?? definition.concurrency ?? 1,
    onStreamError: definition.onStreamError ?? 'stop',
    startDate: typeof startDate === 'string' ? startDate : undefined,
    activateVersions: versions === true,
  };
  return {
    lanes: ['record'],
    read: () => readStreams(plan, state, context, policy),
    close: () => source.close(),
  };
}
