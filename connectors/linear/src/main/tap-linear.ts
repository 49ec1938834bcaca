import { hostConnector } from '@meltano/sdk';
import { tapLinear } from '../tap-linear.ts';

await hostConnector(tapLinear);
