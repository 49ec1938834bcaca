import { type ConfigOf, defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import { mapFailurePolicies } from './map-failures.ts';

/** The settings of the Meltano SDK that every tap, target and mapper has. */
export const mapSettings = {
  stream_maps: setting.object({
    label: 'Stream Maps',
    description:
      'How streams and their properties are renamed, computed, filtered and left out, by stream names or patterns.',
  }),
  stream_map_config: setting.object({
    label: 'Stream Map Configuration',
    description: 'Values that the expressions of stream_maps read as config.',
  }),
  stream_map_errors: setting.option(mapFailurePolicies, {
    label: 'Stream Map Errors',
    description:
      'A record for which an expression of stream_maps fails ends the run (fail), is left out, counted and reported ' +
      '(refuse), or gets null for the property, counted and reported (discard_value; where a key or a filter fails, it is left out).',
    default: 'fail',
  }),
  max_stream_map_errors: setting.integer({
    label: 'Max Stream Map Errors',
    description: 'How many failures of a stream stream_map_errors may pass over before the run fails.',
    default: 1_000,
  }),
  faker_config: setting.object({
    label: 'Faker Configuration',
    description: 'The seed and the locale of fake in the expressions of stream_maps.',
  }),
  flattening_enabled: setting.boolean({
    label: 'Enable Schema Flattening',
    description: 'Whether nested objects become properties of their own, named parent__child.',
  }),
  flattening_max_depth: setting.integer({
    label: 'Max Flattening Depth',
    description: 'How many levels of objects are flattened; what lies deeper becomes JSON text.',
  }),
  flattening_max_key_length: setting.integer({
    label: 'Max Key Length',
    description: 'From this length on the name of a flattened property is shortened; 255 by default.',
  }),
  flattening_separator: setting.string({
    label: 'Flattening Separator',
    description: 'What stands between the parts of the name of a flattened property; __ by default.',
  }),
} as const;

export const mapConfig = defineConfig(mapSettings);

export type MapConfig = ConfigOf<typeof mapSettings>;
