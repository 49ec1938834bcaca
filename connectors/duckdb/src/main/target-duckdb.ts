import { hostConnector } from '@meltano/sdk/host/host-connector';
import { targetDuckdb } from '../target-duckdb.ts';

await hostConnector(targetDuckdb);
