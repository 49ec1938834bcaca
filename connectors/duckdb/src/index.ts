import type { Connector } from '@meltano/sdk/connector';
import { tapDuckdb } from './tap-duckdb.ts';
import { targetDuckdb } from './target-duckdb.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = {
  'tap-duckdb': tapDuckdb,
  'target-duckdb': targetDuckdb,
};
