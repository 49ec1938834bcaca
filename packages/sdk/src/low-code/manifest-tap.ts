import type { JsonObject } from '@meltano/foundation/json';
import type { Config } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, Tap, TapContext } from '../connector.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { defineTap, type SourceContext, type TapDefinition } from '../tap/define-tap.ts';
import type { Stream } from '../tap/stream.ts';
import { parentsOf } from './check-parents.ts';
import { type Compiling, settled } from './compiling.ts';
import { manifestError } from './errors.ts';
import { httpOf } from './http-of.ts';
import { madeStreams } from './made-streams.ts';
import type { Manifest, StreamManifest } from './manifest.ts';
import { placed } from './manifest-place.ts';
import { schemaOf } from './schema-of.ts';
import { streamOf } from './stream-of.ts';
import { isTruthy } from './template.ts';

type Settings = Readonly<Record<string, Setting<unknown>>>;

/** A tap whose streams a manifest says. */
export interface ManifestTapDefinition<S extends Settings>
  extends Omit<TapDefinition<S>, 'streams' | 'http' | 'concurrency' | 'onStreamError'> {
  readonly config: Config<S>;
  /** The manifest for these settings, and the folder where its file names begin. */
  manifest(config: JsonObject): Promise<{ readonly manifest: Manifest; readonly folder: string }>;
}

/** Makes a tap of a manifest. Templates see all settings that are given, also those that `config` does not declare. */
export function defineManifestTap<S extends Settings>(definition: ManifestTapDefinition<S>): Tap {
  const tapOf = async (context: ConnectorContext & Pick<TapContext, 'catalog'>): Promise<Tap> => {
    // Settings that are missing or wrong are told before the manifest is looked at.
    definition.config.parse(context.config);
    const { manifest, folder } = await definition.manifest(context.config);
    const { concurrency, on_stream_error: onStreamError } = manifest;
    return defineTap({
      ...definition,
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(onStreamError === undefined ? {} : { onStreamError }),
      streams: (source) =>
        streamsOf(manifest, folder, source, context).catch((error: unknown) => {
          throw placed(error, manifest.placeOf);
        }),
    });
  };
  return {
    kind: 'tap',
    about: defineTap({ ...definition, streams: [] }).about,
    discover: async (context) => (await tapOf(context)).discover(context),
    open: async (context) => (await tapOf(context)).open(context),
  };
}

async function streamsOf(
  manifest: Manifest,
  folder: string,
  source: SourceContext<unknown>,
  { config, catalog }: ConnectorContext & Pick<TapContext, 'catalog'>,
): Promise<readonly Stream[]> {
  const compiling: Compiling = {
    world: { clock: source.clock, random: Math.random },
    config,
    hide: (text: string) => source.hide?.(text),
    placeOf: manifest.placeOf,
  };
  const clients = createClients(manifest);
  const known = new Map<string, KnownStream>(
    Object.entries(manifest.streams).map(([name, stream]) => [name, { stream, compiling }]),
  );
  const made = new Map<string, Promise<Stream>>();
  const finished = (name: string): Promise<Stream> => {
    const before = made.get(name) ?? finish(name);
    made.set(name, before);
    return before;
  };
  const finish = async (name: string): Promise<Stream> => {
    const { stream, compiling: own } = known.get(name) ?? missing(name, [...known.keys()]);
    const bound = { ...source, http: clients(stream, own) };
    const schema = await schemaOf(name, stream, {
      source: bound,
      folder,
      isImported: manifest.isImported === true,
      placeOf: manifest.placeOf,
      finished,
      bind: (each, shape) => streamOf(each, stream, shape, own, finished),
      catalogSchema: (each) => catalog?.streams.find((entry) => entry.tap_stream_id === each)?.schema,
    });
    return streamOf(name, stream, schema, own, finished)(name, bound);
  };
  for await (const { name, stream, each } of madeStreams(manifest, compiling, { source, finished })) {
    if (known.has(name)) throw twice(name);
    known.set(name, { stream, compiling: { ...compiling, each } });
  }
  const streams: Stream[] = [];
  for (const [name, how] of wantedOf(known)) {
    const stream = await finished(name);
    streams.push(how === 'hidden' ? { ...stream, selectedByDefault: false } : stream);
  }
  return streams;
}

interface KnownStream {
  readonly stream: StreamManifest;
  readonly compiling: Compiling;
}

/** The streams that are there; one that is not, but is the parent of one that is, is there without being selected. */
function wantedOf(known: ReadonlyMap<string, KnownStream>): ReadonlyMap<string, 'shown' | 'hidden'> {
  const shown = [...known].flatMap(([name, { stream, compiling }]) => {
    const { only_if: condition } = stream;
    const isThere =
      condition === undefined || isTruthy(settled(condition, `streams.${name}.only_if`, compiling));
    return isThere ? [name] : [];
  });
  const needed = new Set(shown);
  for (const name of needed)
    for (const { parent } of parentsOf(name, known.get(name)?.stream ?? {})) needed.add(parent);
  return new Map(
    [...known.keys()].flatMap((name) =>
      needed.has(name) ? [[name, shown.includes(name) ? 'shown' : 'hidden'] as const] : [],
    ),
  );
}

function missing(name: string, names: readonly string[]): never {
  throw manifestError('invalid', {
    message: `The manifest has no stream "${name}", which another has as its parent`,
    hint: `its streams are ${names.join(', ')}`,
  });
}

function twice(name: string) {
  return manifestError('invalid', {
    message: `Two streams are called "${name}", of which a template of stream_templates makes one`,
    hint: 'make the names that the template gives differ: take more of "each" into them',
    details: { path: 'stream_templates', stream: name },
  });
}

/** How the API is reached: the same for all streams that say nothing else, and so are its limits. */
function createClients({ api }: Manifest) {
  const known = new Map<string, HttpOptions>();
  return ({ url = api.url, auth = api.auth }: StreamManifest, compiling: Compiling): HttpOptions => {
    const written = JSON.stringify([url, auth]);
    const key = /\beach\b/.test(written) ? JSON.stringify([url, auth, compiling.each]) : written;
    const options =
      known.get(key) ?? httpOf({ ...api, url, ...(auth === undefined ? {} : { auth }) }, compiling);
    known.set(key, options);
    return options;
  };
}
