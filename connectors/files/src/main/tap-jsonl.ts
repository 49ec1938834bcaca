import { hostConnector } from '@meltano/sdk/host/host-connector';
import { tapJsonl } from '../tap-jsonl.ts';

await hostConnector(tapJsonl);
