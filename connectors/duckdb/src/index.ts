import type { Connector } from '@meltano/sdk/connector';
import { targetDuckdb } from './target-duckdb.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = { 'target-duckdb': targetDuckdb };
