import { mapperError } from './errors.ts';
import type { FlatteningOptions } from './flatten-key.ts';
import type { MapConfig } from './map-settings.ts';

/** The settings of flattening; undefined when nothing is to be flattened. Throws `mapper.invalid_flattening`. */
export function flatteningOf(config: MapConfig): FlatteningOptions | undefined {
  if (config.flattening_enabled !== true) return undefined;
  const maxDepth = config.flattening_max_depth;
  if (maxDepth === undefined) {
    throw mapperError('invalid_flattening', {
      message: 'flattening_max_depth is required when flattening is enabled',
      hint: 'set flattening_max_depth to the number of levels, for example 1',
    });
  }
  if (maxDepth <= 0) return undefined;
  return {
    maxDepth,
    separator: config.flattening_separator ?? '__',
    maxKeyLength: config.flattening_max_key_length ?? 255,
  };
}
