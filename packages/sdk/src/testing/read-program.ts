import type { JsonObject } from '@meltano/foundation/json';
import type { Tap } from '../connector.ts';
import { type TapWorld, worldOf } from './drive-tap.ts';
import { runConnectorProgram } from './program-run.ts';

export interface ReadProgramOptions {
  readonly config: JsonObject;
  readonly state?: object | undefined;
  readonly world: TapWorld;
}

/** Runs the Singer program of a tap, and sorts what it printed: the records of a stream, and the last state. */
export async function readProgram(tap: Tap, { config, state, world }: ReadProgramOptions) {
  const files = { config, ...(state === undefined ? {} : { state: state as JsonObject }) };
  const run = await runConnectorProgram(tap, { ...worldOf(world), files });
  const messages = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Message);
  const rows = (stream: string) =>
    messages.flatMap((each) => (each.type === 'RECORD' && each.stream === stream ? [each.record] : []));
  return { ...run, rows, state: messages.findLast((each) => each.type === 'STATE')?.value };
}

interface Message {
  readonly type: string;
  readonly stream: string;
  readonly record: Record<string, unknown>;
  readonly value: { readonly bookmarks: Record<string, unknown> };
}
