import { readBatches } from '../batch/read-batches.ts';
import type {
  ConnectorContext,
  OpenTap,
  OpenTarget,
  RecordItem,
  Tap,
  TapContext,
  Target,
} from '../connector.ts';
import { mapAll } from './map-all.ts';
import { type EndingMapping, openMapping } from './open-mapping.ts';

/** Opens a tap whose items are mapped as its settings ask; without such settings it is the tap itself. */
export async function openMappedTap(tap: Tap, context: TapContext): Promise<OpenTap> {
  const mapping = await openMapping(context);
  const open = await tap.open(context);
  if (mapping === undefined) return open;
  // Other lanes have no records that could be mapped.
  return { lanes: ['record'], read: () => mapToEnd(open.read('record'), mapping), close: () => open.close() };
}

/** Opens a target that maps what it gets as its settings ask, before it loads. */
export async function openMappedTarget(target: Target, context: ConnectorContext): Promise<OpenTarget> {
  const mapping = await openMapping(context);
  const open = await target.open(context);
  if (mapping === undefined) return open;
  return {
    accepts: ['record'],
    load: (items, options) => open.load(mapToEnd(readBatches(items), mapping), options),
    close: () => open.close(),
  };
}

async function* mapToEnd(
  items: AsyncIterable<RecordItem>,
  mapping: EndingMapping,
): AsyncGenerator<RecordItem> {
  try {
    yield* mapAll(items, mapping);
  } finally {
    mapping.end();
  }
}
