import type { Connector } from '@meltano/sdk/connector';
import { tapCsv } from './tap-csv.ts';
import { tapJsonl } from './tap-jsonl.ts';
import { tapParquet } from './tap-parquet.ts';
import { targetJsonl } from './target-jsonl.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = {
  'tap-csv': tapCsv,
  'tap-jsonl': tapJsonl,
  'tap-parquet': tapParquet,
  'target-jsonl': targetJsonl,
};
