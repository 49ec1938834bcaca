import type { Connector } from '@meltano/sdk/connector';
import { tapLinear } from './tap-linear.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = { 'tap-linear': tapLinear };
