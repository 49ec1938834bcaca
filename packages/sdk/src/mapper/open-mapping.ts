import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject } from '@meltano/foundation/json';
import { createItemMapping, type ItemMapping } from './map-items.ts';
import { type MapConfig, mapConfig } from './map-settings.ts';

export interface MappingOptions {
  /** Settings of a connector; those of `mapSettings` are read. */
  readonly config: JsonObject;
  readonly clock: Clock;
}

/**
 * What the settings of a connector ask of all items that pass it: stream maps and flattening. Undefined when they
 * ask for neither, so that items pass untouched. Throws `config.invalid` and `mapper.…`.
 */
export async function openMapping({ config, clock }: MappingOptions): Promise<ItemMapping | undefined> {
  const settings = mapConfig.parse(config);
  if (!asksForMaps(settings)) return undefined;
  // Most programs start without maps and need not load what compiles them.
  const [{ createStreamMaps }, { loadFake }] = await Promise.all([
    import('./stream-maps.ts'),
    import('./fake.ts'),
  ]);
  const fake = await loadFake(settings);
  const maps = createStreamMaps({ config: settings, world: { clock, random: Math.random }, fake });
  return maps && createItemMapping((source) => maps.projections(source));
}

function asksForMaps({ stream_maps: maps = {}, flattening_enabled: flattening }: MapConfig): boolean {
  return Object.keys(maps).length > 0 || flattening === true;
}
