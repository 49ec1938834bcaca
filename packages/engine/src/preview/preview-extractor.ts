import type { JsonObject } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { RecordItem } from '@meltano/sdk/connector';
import type { Catalog, CatalogStream } from '@meltano/singer/catalog';
import { streamSelection } from '@meltano/singer/selection';
import { isNative } from '../run/native.ts';
import { previewError } from './errors.ts';
import { openNativePreview } from './preview-native.ts';
import { openProcessPreview } from './preview-process.ts';
import type { PreviewOptions, PreviewSource } from './preview-source.ts';

/** The beginning of a stream. */
export interface StreamPreview {
  readonly stream: string;
  /** Undefined when the extractor described no schema before it was ended. */
  readonly schema: JsonObject | undefined;
  readonly records: readonly JsonObject[];
  /** The stream ended before the limit was reached. */
  readonly complete: boolean;
}

/**
 * The first records of the streams that the project selects. The extractor gets no state, and none is stored.
 * It is started once for each stream and ended when it has sent enough: what comes before a stream is not
 * waited for.
 */
export async function* previewExtractor(options: PreviewOptions): AsyncGenerator<StreamPreview> {
  assertExtractor(options.extractor);
  const source = await (isNative(options.extractor)
    ? openNativePreview(options)
    : openProcessPreview(options));
  try {
    const { catalog } = source;
    if (catalog === undefined) {
      yield* previewAll(source, options);
      return;
    }
    for (const stream of chooseStreams(catalog, options)) {
      const { name, id } = stream;
      const [found] = await collect(source.read(onlyStream(catalog, id)), { ...options, wanted: name });
      yield { ...(found ?? { schema: undefined, records: [], complete: true }), stream: id };
    }
  } finally {
    await source.close();
  }
}

function assertExtractor(plugin: ResolvedPlugin): void {
  if (plugin.type === 'extractors') return;
  throw previewError('not_an_extractor', {
    message: `'${plugin.name}' is not an extractor: it has no records to show`,
    hint: 'name an extractor',
  });
}

function onlyStream(catalog: Catalog, id: string): Catalog {
  const streams = catalog.streams.map((stream) =>
    stream.tap_stream_id === id ? stream : deselected(stream),
  );
  return { ...catalog, streams };
}

function deselected(stream: CatalogStream): CatalogStream {
  const entries = stream.metadata ?? [];
  const root = entries.find((entry) => entry.breadcrumb.length === 0);
  const off = { ...root, breadcrumb: [], metadata: { ...root?.metadata, selected: false } };
  return { ...stream, selected: false, metadata: [off, ...entries.filter((entry) => entry !== root)] };
}

function chooseStreams(catalog: Catalog, { stream, extractor }: PreviewOptions) {
  const ids = catalog.streams.map((each) => each.tap_stream_id);
  const selected = catalog.streams
    .filter((each) => streamSelection(each).selected)
    .map((each) => ({ id: each.tap_stream_id, name: each.stream ?? each.tap_stream_id }));
  if (stream === undefined) {
    if (selected.length > 0) return selected;
    throw previewError('nothing_selected', {
      message: `No stream of '${extractor.name}' is selected`,
      hint: `meltano select ${extractor.name} --list --all`,
    });
  }
  const chosen = selected.filter((each) => each.id === stream);
  if (chosen.length > 0) return chosen;
  if (ids.includes(stream)) {
    throw previewError('stream_not_selected', {
      message: `The stream '${stream}' of '${extractor.name}' is not selected`,
      hint: `meltano select ${extractor.name} ${stream}`,
    });
  }
  throw unknownStream(stream, extractor, ids);
}

function unknownStream(stream: string, extractor: ResolvedPlugin, known: readonly string[]) {
  const near = nearNames(stream, known);
  return previewError('unknown_stream', {
    message: `'${extractor.name}' has no stream '${stream}'`,
    hint:
      near.length > 0
        ? `did you mean ${near.map((each) => `'${each}'`).join(' or ')}?`
        : `meltano select ${extractor.name} --list --all`,
    details: { stream, near },
  });
}

/** Without a catalog nothing can be chosen beforehand: one pass over all that comes. */
async function* previewAll(source: PreviewSource, options: PreviewOptions): AsyncGenerator<StreamPreview> {
  const found = await collect(source.read(undefined), { ...options, wanted: options.stream });
  if (options.stream !== undefined && found.length === 0)
    throw unknownStream(options.stream, options.extractor, []);
  yield* found;
}

interface Limit {
  readonly records: number;
  /** Undefined: every stream. */
  readonly wanted: string | undefined;
}

/** Stops reading as soon as the wanted stream has enough. */
async function collect(
  items: AsyncIterable<RecordItem>,
  { records, wanted }: Limit,
): Promise<readonly StreamPreview[]> {
  const streams = new Map<string, { schema: JsonObject | undefined; records: JsonObject[] }>();
  const of = (name: string) => {
    const stream = streams.get(name) ?? { schema: undefined, records: [] };
    streams.set(name, stream);
    return stream;
  };
  for await (const item of items) {
    if (item.kind !== 'schema' && item.kind !== 'records') continue;
    if (wanted !== undefined && item.stream !== wanted) continue;
    if (item.kind === 'schema') of(item.stream).schema = item.schema;
    else {
      const { records: kept } = of(item.stream);
      kept.push(...item.records.slice(0, records - kept.length));
      if (wanted !== undefined && kept.length >= records) break;
    }
  }
  return [...streams].map(([stream, found]) => ({
    stream,
    ...found,
    complete: found.records.length < records,
  }));
}
