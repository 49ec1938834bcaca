import type { Connector } from '@meltano/sdk/connector';
import { tapStripe } from './tap-stripe.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = { 'tap-stripe': tapStripe };
