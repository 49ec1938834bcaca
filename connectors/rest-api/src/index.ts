import type { Connector } from '@meltano/sdk/connector';
import { tapRestApi } from './tap-rest-api.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = { 'tap-rest-api': tapRestApi };
