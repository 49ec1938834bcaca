import { hostConnector } from '@meltano/sdk/host/host-connector';
import { tapParquet } from '../tap-parquet.ts';

await hostConnector(tapParquet);
