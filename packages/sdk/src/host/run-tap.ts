import type { JsonValue } from '@meltano/foundation/json';
import { stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { openBatched } from '../batch/open-batched.ts';
import type { ConnectorContext, OpenTap, RecordItem, Tap } from '../connector.ts';
import { openMappedTap } from '../mapper/open-mapped.ts';
import { recordCountMetric } from './metric.ts';
import type { ProgramOptions } from './options.ts';
import { readCatalog, readState } from './read-files.ts';
import { type Output, renderItem } from './singer-output.ts';

/** Prints the catalog, with two spaces of indent. */
export async function printCatalog(tap: Tap, context: ConnectorContext, output: Output): Promise<void> {
  const catalog = (await tap.discover(context)) as unknown as JsonValue;
  await output.write(`${stringifyJson(catalog, 2)}\n`);
}

/** Prints all that the tap reads, as lines of the Singer protocol. */
export async function runTap(
  tap: Tap,
  options: ProgramOptions,
  context: ConnectorContext,
  output: Output,
): Promise<void> {
  const catalog = options.catalog === undefined ? undefined : await readCatalog(options.catalog);
  const state = options.state === undefined ? undefined : await readState(options.state);
  const open = await openMappedTap(tap, {
    ...context,
    ...(catalog === undefined ? {} : { catalog }),
    ...(state === undefined ? {} : { state }),
    ...(options.maxRecords === undefined ? {} : { maxRecords: options.maxRecords }),
  });
  const counts = new Map<string, number>();
  // What goes into files of records is counted, too.
  const counting: OpenTap = {
    lanes: open.lanes,
    read: (lane) => counted(open.read(lane), counts),
    close: () => open.close(),
  };
  try {
    for await (const item of openBatched(counting, context.config, tap.about.name).read('record')) {
      if (!options.dryRun) await output.write(renderItem(item));
      // Batches may be far apart: what is read does not wait for what is to come.
      await output.flush();
    }
  } finally {
    await open.close();
  }
  tellCounts(context.log, counts);
}

async function* counted(
  items: AsyncIterable<RecordItem>,
  counts: Map<string, number>,
): AsyncGenerator<RecordItem> {
  for await (const item of items) {
    if (item.kind === 'schema') counts.set(item.stream, counts.get(item.stream) ?? 0);
    if (item.kind === 'records')
      counts.set(item.stream, (counts.get(item.stream) ?? 0) + item.records.length);
    yield item;
  }
}

function tellCounts(log: Log, counts: ReadonlyMap<string, number>): void {
  for (const [stream, count] of counts) log.log('info', recordCountMetric(stream, count));
}
