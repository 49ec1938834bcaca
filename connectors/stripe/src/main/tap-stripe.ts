import { hostConnector } from '@meltano/sdk';
import { tapStripe } from '../tap-stripe.ts';

await hostConnector(tapStripe);
