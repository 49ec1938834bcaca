import { hostConnector } from '@meltano/sdk/host/host-connector';
import { mapTransformer } from '../map-transformer.ts';

await hostConnector(mapTransformer);
