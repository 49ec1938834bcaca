import type { ConnectorContext, SchemaItem } from '../connector.ts';
import { targetError } from './errors.ts';

/** Whether all that comes is read from the beginning: the run says so, or nothing was there to go on from. */
export function isFromBeginning({
  fullRefresh,
  continues,
}: Pick<ConnectorContext, 'fullRefresh' | 'continues'>) {
  return fullRefresh === true || continues === false;
}

/** Whether the stream brings only what is new, once there is something to go on from. */
export function isPartial({ bookmarkProperties = [], partial }: SchemaItem): boolean {
  return bookmarkProperties.length > 0 || partial === true;
}

/**
 * Invariant 4: a stream that continues from a bookmark brings only what is new, and a table or file of that alone
 * would take the place of one that has all. Throws `target.incremental_overwrite`.
 */
export function assertWhole(item: SchemaItem, hint: string): void {
  if (!isPartial(item)) return;
  const bookmarks = item.bookmarkProperties ?? [];
  const how = bookmarks.length === 0 ? 'below what is new of its parent' : `by ${bookmarks.join(', ')}`;
  throw targetError('incremental_overwrite', {
    message: `Stream ${item.stream} is read incrementally (${how}), but load_method is overwrite: all rows that are not new would be lost`,
    hint,
    details: { stream: item.stream },
  });
}
