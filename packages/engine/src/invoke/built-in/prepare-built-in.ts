import type { Invocation } from '../open-invocation.ts';
import { writePrivateFile } from '../run-files.ts';
import { runStep, type StepOptions } from './run-step.ts';

/** Writes the configuration file of a plugin that Meltano knows by name; nothing for all others. */
export async function configureBuiltIn(
  invocation: Invocation,
  options: StepOptions & { readonly root: string },
): Promise<void> {
  const { builtIn, prepared } = invocation;
  await builtIn?.plugin.configure({
    prepared,
    root: options.root,
    runStep: (args) => runStep(invocation, args, options),
    writeConfig: (text) => writePrivateFile(builtIn.config, text),
    info: (text) => options.log.log('info', text),
  });
}

/** What such a plugin needs before each of its processes. */
export async function beforeStart(invocation: Invocation, options: StepOptions): Promise<void> {
  for (const args of invocation.builtIn?.plugin.beforeEachStart ?? []) {
    await runStep(invocation, args, options);
  }
}
