import { hostConnector } from '@meltano/sdk/host/host-connector';
import { tapCsv } from '../tap-csv.ts';

await hostConnector(tapCsv);
