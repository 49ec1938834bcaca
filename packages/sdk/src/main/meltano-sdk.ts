#!/usr/bin/env node
import { assertNodeVersion } from '../host/node-version.ts';

assertNodeVersion('meltano-sdk');
const { runMeltanoSdk } = await import('../authoring/meltano-sdk.ts');
const { processWorld } = await import('../authoring/process-world.ts');
process.exitCode = await runMeltanoSdk(process.argv.slice(2), processWorld());
