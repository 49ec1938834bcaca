import { hostConnector } from '@meltano/sdk';
import { tapRestApi } from '../tap-rest-api.ts';

await hostConnector(tapRestApi);
