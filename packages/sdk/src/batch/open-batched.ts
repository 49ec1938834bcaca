import type { JsonObject } from '@meltano/foundation/json';
import type { OpenTap } from '../connector.ts';
import { parseBatchConfig } from './batch-config.ts';
import { writeBatches } from './write-batches.ts';

/** A tap that writes its records into files when its setting `batch_config` asks for that. */
export function openBatched(open: OpenTap, config: JsonObject, tap: string): OpenTap {
  const options = parseBatchConfig(config, tap);
  if (options === undefined) return open;
  return { ...open, read: () => writeBatches(open.read('record'), options), close: () => open.close() };
}
