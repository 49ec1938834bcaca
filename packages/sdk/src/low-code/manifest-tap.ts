import type { JsonObject } from '@meltano/foundation/json';
import type { Config } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, Tap, TapContext } from '../connector.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { defineTap, type SourceContext, type TapDefinition } from '../tap/define-tap.ts';
import type { Stream } from '../tap/stream.ts';
import type { Compiling } from './compiling.ts';
import { manifestError } from './errors.ts';
import { httpOf } from './http-of.ts';
import type { Manifest, StreamManifest } from './manifest.ts';
import { placed } from './manifest-place.ts';
import { schemaOf } from './schema-of.ts';
import { streamOf } from './stream-of.ts';

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
  const compiling = {
    world: { clock: source.clock, random: Math.random },
    config,
    hide: (text: string) => source.hide?.(text),
    placeOf: manifest.placeOf,
  };
  const clients = createClients(manifest, compiling);
  const made = new Map<string, Promise<Stream>>();
  const finished = (name: string): Promise<Stream> => {
    const known = made.get(name) ?? finish(name);
    made.set(name, known);
    return known;
  };
  const finish = async (name: string): Promise<Stream> => {
    const stream = manifest.streams[name];
    if (stream === undefined) {
      throw manifestError('invalid', {
        message: `The manifest has no stream "${name}", which another has as its parent`,
        hint: `its streams are ${Object.keys(manifest.streams).join(', ')}`,
      });
    }
    const bound = { ...source, http: clients(stream) };
    const schema = await schemaOf(name, stream, {
      source: bound,
      folder,
      isImported: manifest.isImported === true,
      placeOf: manifest.placeOf,
      finished,
      bind: (each, shape) => streamOf(each, stream, shape, compiling, finished),
      catalogSchema: (each) => catalog?.streams.find((entry) => entry.tap_stream_id === each)?.schema,
    });
    return streamOf(name, stream, schema, compiling, finished)(name, bound);
  };
  const streams: Stream[] = [];
  for (const name of Object.keys(manifest.streams)) streams.push(await finished(name));
  return streams;
}

/** How the API is reached: the same for all streams that say nothing else, and so are its limits. */
function createClients({ api }: Manifest, compiling: Compiling) {
  const known = new Map<string, HttpOptions>();
  return ({ url = api.url, auth = api.auth }: StreamManifest): HttpOptions => {
    const key = JSON.stringify([url, auth]);
    const options =
      known.get(key) ?? httpOf({ ...api, url, ...(auth === undefined ? {} : { auth }) }, compiling);
    known.set(key, options);
    return options;
  };
}
