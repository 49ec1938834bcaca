import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { createMapFailures } from './map-failures.ts';
import { createItemMapping, type ItemMapping } from './map-items.ts';
import { type MapConfig, mapConfig } from './map-settings.ts';
import type { StreamMaps } from './stream-maps.ts';

/** A mapping that has something to say at its end. */
export interface EndingMapping extends ItemMapping {
  end(): void;
}

export interface MappingOptions {
  /** Settings of a connector; those of `mapSettings` are read. */
  readonly config: JsonObject;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What the settings of a connector ask of all items that pass it: stream maps and flattening. Undefined when they
 * ask for neither, so that items pass untouched. Throws `config.invalid` and `mapper.…`.
 */
export async function openMapping({
  config,
  clock,
  log,
}: MappingOptions): Promise<EndingMapping | undefined> {
  const settings = mapConfig.parse(config);
  if (!asksForMaps(settings)) return undefined;
  // Most programs start without maps and need not load what compiles them.
  const [{ createStreamMaps }, { loadFake }] = await Promise.all([
    import('./stream-maps.ts'),
    import('./fake.ts'),
  ]);
  const fake = await loadFake(settings);
  const { stream_map_errors: policy, max_stream_map_errors: most } = settings;
  const failures = createMapFailures({ policy, most }, log);
  const world = { clock, random: Math.random };
  const maps = createStreamMaps({ config: settings, world, fake, failures });
  if (maps === undefined) return undefined;
  return {
    ...createItemMapping((source) => maps.projections(source)),
    end() {
      failures.tell();
      tellMisspelt(maps, log);
    },
  };
}

/** Other entries may be about streams that are not selected in this run. */
function tellMisspelt(maps: StreamMaps, log: Log): void {
  for (const { source, near } of maps.misspelt()) {
    const message = `stream_maps has an entry for the stream '${source}', which did not come: did you mean '${near}'?`;
    log.log('warning', message, { stream: source });
  }
}

function asksForMaps({ stream_maps: maps = {}, flattening_enabled: flattening }: MapConfig): boolean {
  return Object.keys(maps).length > 0 || flattening === true;
}
