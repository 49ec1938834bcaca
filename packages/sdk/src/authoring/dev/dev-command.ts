import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { AuthoringWorld } from '../authoring-world.ts';
import { authoringError } from '../errors.ts';
import { parseArguments } from '../parse-arguments.ts';
import { checkOutput } from './check-output.ts';
import { compareRuns, type RunOutput } from './compare-runs.ts';
import { runOnce } from './run-once.ts';

const usage = `Usage: meltano-sdk dev FILE [options]

Runs a tap, and again whenever a file beside it is saved, and shows what has changed: schemas, rows, state;
also what the tap warns of, and keys and values that do not fit the schema.

Options:
  --config FILE         settings as JSON; may be given several times, or ENV
  --cassette FILE       answer requests from this recording
  --record              record into the cassette, from the real service
  --max-records N       read at most so many records of each stream; default 100
  --once                run once and end
`;

/** Watches until the signal is aborted. */
export async function dev(args: readonly string[], world: AuthoringWorld): Promise<void> {
  const { values, positionals } = parseArguments(args, options, 'meltano-sdk dev --help');
  const [file] = positionals;
  if (values.help || file === undefined) return world.print(usage);
  let before: RunOutput | undefined;
  const once = async () => {
    const after = await runOnce({ ...values, file }, world);
    const lines = compareRuns(before, after);
    world.print(
      lines.length === 0 ? '= nothing has changed' : lines.map((line) => shortened(line, world)).join('\n'),
    );
    const doubts = [...(after.warnings ?? []).map((warning) => `! ${warning}`), ...checkOutput(after)];
    if (doubts.length > 0) world.print(doubts.join('\n'));
    // What failed is no measure for the next run.
    if (after.failure === undefined || before === undefined) before = after;
    return after;
  };
  const first = await once();
  if (values.once) {
    if (first.failure !== undefined) {
      throw authoringError('not_a_connector', { message: 'The tap has failed', hint: 'see the line above' });
    }
    return;
  }
  world.print(`\nWatching ${dirname(file)}; Ctrl-C ends.`);
  await watchFolder(dirname(resolve(world.cwd, file)), world.signal, async () => {
    world.print(`\n${new Date().toISOString().slice(11, 19)}`);
    await once();
  });
}

const options = {
  config: { type: 'string', multiple: true },
  cassette: { type: 'string' },
  record: { type: 'boolean' },
  'max-records': { type: 'string' },
  once: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function shortened(line: string, { stdout }: AuthoringWorld): string {
  const width = stdout.isTTY === true ? (stdout.columns ?? 80) : undefined;
  return width === undefined || line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

/** How often files are looked at. Looking is surer than being told: editors replace files in several ways. */
const lookInterval = 300;

/** Calls after changes have settled; one call at a time, none is missed. */
async function watchFolder(
  folder: string,
  signal: AbortSignal,
  onChange: () => Promise<void>,
): Promise<void> {
  let seen = stampsOf(folder);
  while (!signal.aborted) {
    await setTimeout(lookInterval, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const now = stampsOf(folder);
    if (now === seen) continue;
    seen = now;
    await onChange();
  }
}

/** Names, sizes and times of the files of a folder and those below it. */
function stampsOf(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/node_modules|[\\/]\.|[\\/]dist[\\/]/.test(entry.parentPath))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return `${path} ${mtimeMs} ${size} ${ino}`;
    })
    .join('\n');
}
