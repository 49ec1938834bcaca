#!/usr/bin/env node
import { runMeltanoSdk } from '../authoring/meltano-sdk.ts';
import { processWorld } from '../authoring/process-world.ts';

process.exitCode = await runMeltanoSdk(process.argv.slice(2), processWorld());
