#!/usr/bin/env node
import { runMeltanoSdk } from '@meltano/sdk/authoring/meltano-sdk';
import { processWorld } from '@meltano/sdk/authoring/process-world';

process.exitCode = await runMeltanoSdk(['create', 'target', ...process.argv.slice(2)], processWorld());
