import type { Connector } from '@meltano/sdk/connector';
import { mapTransformer } from './map-transformer.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = { 'meltano-map-transformer': mapTransformer };
