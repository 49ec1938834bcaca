import { hostConnector } from '@meltano/sdk/host/host-connector';
import { targetJsonl } from '../target-jsonl.ts';

await hostConnector(targetJsonl);
