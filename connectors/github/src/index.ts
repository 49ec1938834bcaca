import type { Connector } from '@meltano/sdk/connector';
import { tapGithub } from './tap-github.ts';

/** The connectors of this package by their names in the Hub. */
export const connectors: Readonly<Record<string, Connector>> = { 'tap-github': tapGithub };
