import { type ConnectorFacts, connectorAbout } from '../about/connector-about.ts';
import type { Config, ConfigOf } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, OpenTap, RecordItem, Tap, TapContext } from '../connector.ts';
import { discoveredCatalog } from './discover.ts';
import { tapError } from './errors.ts';
import { planStreams } from './plan-stream.ts';
import { readStream } from './read-stream.ts';
import type { Stream } from './stream.ts';
import { createTapState } from './tap-state.ts';

/** What a tap is given to find its streams; `config` is typed, cast and complete. */
export interface SourceContext<C> extends Omit<ConnectorContext, 'config'> {
  readonly config: C;
  /** Registers work for the end, e.g. closing a connection; the last registered runs first. */
  defer(cleanup: () => Promise<void> | void): void;
}

export interface TapDefinition<S extends Readonly<Record<string, Setting<unknown>>>> extends ConnectorFacts {
  readonly config: Config<S>;
  /** The streams there are. May look at the source; called once for a discovery and once for a run. */
  streams(context: SourceContext<ConfigOf<S>>): readonly Stream[] | Promise<readonly Stream[]>;
}

/**
 * Makes a tap of settings and streams. The rest is done here: discovery, catalog, selection, replication,
 * bookmarks, batches, conforming and state.
 */
export function defineTap<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: TapDefinition<S>,
): Tap {
  const about = connectorAbout(definition, definition.config, ['catalog', 'discover', 'state', 'about']);
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
        return openTap(source, context);
      } catch (error) {
        await source.close();
        throw error;
      }
    },
  };
}

interface Source {
  readonly streams: readonly Stream[];
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
    const streams = await definition.streams({
      ...context,
      config,
      defer: (cleanup) => cleanups.push(cleanup),
    });
    assertDistinct(streams);
    return { streams, close };
  } catch (error) {
    await close();
    throw error;
  }
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

/** Without a catalog all is read that the streams select by default. */
function openTap(source: Source, context: TapContext): OpenTap {
  const plan = planStreams(source.streams, context.catalog ?? discoveredCatalog(source.streams));
  const state = createTapState(context.state);
  return {
    lanes: ['record'],
    async *read(): AsyncIterable<RecordItem> {
      for (const stream of plan) {
        if (context.signal.aborted) return;
        yield* readStream(stream, state, context);
      }
    },
    close: () => source.close(),
  };
}
