import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { defineAdd } from './add.ts';
import { defineConfig } from './config.ts';
import { defineDoctor } from './doctor.ts';
import { defineElt } from './elt.ts';
import { defineEnvironment } from './environment.ts';
import { defineInit } from './init.ts';
import { defineInstall } from './install.ts';
import { defineInvoke } from './invoke.ts';
import { defineJob } from './job.ts';
import { defineLock } from './lock.ts';
import { definePreview } from './preview.ts';
import { defineRemove } from './remove.ts';
import { defineRun } from './run.ts';
import { defineRuns } from './runs.ts';
import { defineSchedule } from './schedule.ts';
import { defineSelect } from './select.ts';
import { defineSmallCommands } from './small-commands.ts';
import { defineState } from './state.ts';
import { defineTest } from './test.ts';
import { defineUpgrade } from './upgrade.ts';

/** Registers commands with their options; what they do is loaded when they are called. */
export type DefineCommand = (program: Command, host: Host) => void;

/** In the order of `meltano --help`. */
export const commandDefinitions: readonly DefineCommand[] = [
  defineAdd,
  defineConfig,
  defineDoctor,
  defineElt,
  defineEnvironment,
  defineInit,
  defineInstall,
  defineInvoke,
  defineJob,
  defineLock,
  definePreview,
  defineRemove,
  defineRun,
  defineRuns,
  defineSchedule,
  defineSelect,
  defineState,
  defineTest,
  defineUpgrade,
  defineSmallCommands,
];
