#!/usr/bin/env node
import { assertNodeVersion } from '@meltano/sdk/host/node-version';

assertNodeVersion('npm create @meltano/tap');

const { runMeltanoSdk } = await import('@meltano/sdk/authoring/meltano-sdk');
const { processWorld } = await import('@meltano/sdk/authoring/process-world');

process.exitCode = await runMeltanoSdk(['create', 'tap', ...process.argv.slice(2)], processWorld());
