import type { Catalog, CatalogStream } from '@meltano/singer/catalog';
import type { ConnectorContext, Tap } from '../connector.ts';
import { hostError } from './errors.ts';
import type { ProgramOptions } from './options.ts';
import { type Output, renderItem } from './singer-output.ts';

/**
 * Tries every stream, selected or not: prints its SCHEMA, and for `records` one RECORD of each, but no STATE. A
 * stream that fails does not keep the others from being tried. Throws when one has failed.
 */
export async function testTap(
  tap: Tap,
  options: ProgramOptions,
  context: ConnectorContext,
  output: Output,
): Promise<void> {
  const catalog = await tap.discover(context);
  const failed: string[] = [];
  for (const { tap_stream_id: stream } of catalog.streams) {
    if (context.signal.aborted) return;
    try {
      const found = await testStream(tap, { ...context, catalog: only(catalog, stream) }, options, output);
      context.log.log(
        'info',
        `Stream ${stream}: ${found === 0 && options.test === 'records' ? 'ok, but it has no records' : 'ok'}`,
      );
    } catch (error) {
      failed.push(stream);
      context.log.log('error', error instanceof Error ? error.message : String(error), { stream });
    }
    await output.flush();
  }
  if (failed.length === 0) return;
  throw hostError('test_failed', {
    message: `${failed.length} of ${catalog.streams.length} streams failed: ${failed.join(', ')}`,
    hint: 'see the lines above for the reasons',
  });
}

async function testStream(
  tap: Tap,
  context: Parameters<Tap['open']>[0],
  options: ProgramOptions,
  output: Output,
): Promise<number> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const open = await tap.open({ ...context, signal, maxRecords: options.maxRecords ?? 1 });
  let records = 0;
  try {
    for await (const item of open.read('record')) {
      if (item.kind === 'schema' || item.kind === 'records') await output.write(renderItem(item));
      if (item.kind === 'records') records += item.records.length;
      if (item.kind === 'schema' && options.test === 'schema') return 0;
    }
  } finally {
    stop.abort();
    await open.close();
  }
  return records;
}

/** The catalog with one stream selected, whole. */
function only(catalog: Catalog, id: string): Catalog {
  return {
    ...catalog,
    streams: catalog.streams.map((stream) => selected(stream, stream.tap_stream_id === id)),
  };
}

function selected(stream: CatalogStream, isSelected: boolean): CatalogStream {
  const metadata = (stream.metadata ?? []).map((entry) =>
    entry.breadcrumb.length === 0
      ? { ...entry, metadata: { ...entry.metadata, selected: isSelected } }
      : entry,
  );
  const hasRoot = metadata.some((entry) => entry.breadcrumb.length === 0);
  return {
    ...stream,
    metadata: hasRoot ? metadata : [...metadata, { breadcrumb: [], metadata: { selected: isSelected } }],
  };
}
