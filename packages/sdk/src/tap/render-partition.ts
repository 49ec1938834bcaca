import { stringifyJson } from '@meltano/foundation/json';
import type { StreamPartition } from './stream.ts';

/** A partition as messages show it, e.g. `{"team":7}`; it holds ids and no secrets, but may be long. */
export function renderPartition(partition: StreamPartition): string {
  const text = stringifyJson(partition);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
