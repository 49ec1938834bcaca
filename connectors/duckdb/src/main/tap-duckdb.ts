import { hostConnector } from '@meltano/sdk/host/host-connector';
import { tapDuckdb } from '../tap-duckdb.ts';

await hostConnector(tapDuckdb);
