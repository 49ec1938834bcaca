import { hostConnector } from '@meltano/sdk';
import { tapGithub } from '../tap-github.ts';

await hostConnector(tapGithub);
