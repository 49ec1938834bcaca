import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clearAllState,
  clearState,
  copyState,
  exportState,
  getState,
  importState,
  listHistory,
  listState,
  mergeIntoState,
  moveState,
  parseState,
  restoreState,
  setState,
} from '@meltano/engine/state/state-operations';
import { isJsonObject, jsonEquals, parseJson, stringifyJson } from '@meltano/foundation/json';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { readInput } from '../read-input.ts';
import type { Session } from '../session.ts';

interface DatabaseChoice {
  readonly databaseUri?: string;
}

interface Confirmation extends DatabaseChoice {
  readonly force?: boolean;
}

const open = (host: Host, options: DatabaseChoice) =>
  host.open({ command: 'state', environment: 'explicit', ...options });

export async function listStates(
  host: Host,
  options: DatabaseChoice & { readonly pattern?: string; readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const states = await listState(await session.stateRoom(), options.pattern);
  if (options.format === 'json') {
    session.print(JSON.stringify(states, null, 2));
    return;
  }
  if (states.length === 0) session.log.log('info', 'No state IDs found.');
  const { green, red, yellow } = session.outStyle;
  const paint = { valid: green, invalid: red, empty: yellow };
  for (const { stateId, quality } of states) session.print(paint[quality](stateId));
}

export async function printState(
  host: Host,
  stateId: string,
  options: DatabaseChoice & { readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const state = (await getState(await session.stateRoom(), stateId)) ?? {};
  session.print(stringifyJson(state, options.format === 'pretty' ? 2 : undefined));
}

interface StateSource extends Confirmation {
  readonly inputFile?: string;
  readonly fromStateId?: string;
  readonly validate?: boolean;
}

export async function replaceState(
  host: Host,
  stateId: string,
  text: string | undefined,
  options: StateSource,
): Promise<void> {
  const session = await open(host, options);
  if (!(await confirmed(session, options, overwriteQuestion(stateId)))) return abort(host);
  const [given = ''] = await oneSource(text, options.inputFile);
  if (options.validate === false) session.log.log('warning', 'The state is not validated');
  await setState(
    await session.stateRoom(),
    stateId,
    parseState(given, { validate: options.validate ?? true }),
  );
  done(session, `State for ${stateId} was successfully set`);
}

export async function mergeStates(
  host: Host,
  stateId: string,
  text: string | undefined,
  options: StateSource,
): Promise<void> {
  const session = await open(host, options);
  const room = await session.stateRoom();
  const [given, from] = await oneSource(text, options.inputFile, options.fromStateId);
  const state = from === undefined ? parseState(given ?? '') : await getState(room, from);
  if (state === undefined || !('singer_state' in state)) {
    throw cliError('no_state', {
      message: `The state id '${from}' has no state to merge`,
      hint: 'meltano state list',
    });
  }
  await mergeIntoState(room, stateId, state);
  done(session, `State for ${stateId} was successfully merged`);
}

export async function copyStates(host: Host, from: string, to: string, options: Confirmation): Promise<void> {
  const session = await open(host, options);
  if (!(await confirmed(session, options, `This will overwrite the state for ${to}. Continue?`)))
    return abort(host);
  await copyState(await session.stateRoom(), from, to);
  done(session, `State for ${to} was successfully copied from ${from}`);
}

export async function moveStates(host: Host, from: string, to: string, options: Confirmation): Promise<void> {
  const session = await open(host, options);
  const question = `This will clear the state for ${from} and overwrite the state for ${to}. Continue?`;
  if (!(await confirmed(session, options, question))) return abort(host);
  await moveState(await session.stateRoom(), from, to);
  done(session, `State for ${from} was successfully moved to ${to}`);
}

export async function clearStates(
  host: Host,
  stateId: string | undefined,
  options: Confirmation & { readonly all?: boolean },
): Promise<void> {
  if ((stateId === undefined) === (options.all !== true)) {
    throw cliError('usage', {
      message: 'Give a state ID, or --all, and not both',
      hint: 'meltano state list',
    });
  }
  const session = await open(host, options);
  const question =
    stateId === undefined
      ? 'This will clear all states. Continue?'
      : `This will clear the state for the given id: ${stateId}. Continue?`;
  if (!(await confirmed(session, options, question))) return abort(host);
  const room = await session.stateRoom();
  if (stateId !== undefined) return clearState(room, stateId);
  session.log.log('info', `${await clearAllState(room)} state(s) were successfully cleared`);
}

export async function editState(host: Host, stateId: string, options: Confirmation): Promise<void> {
  const session = await open(host, options);
  const room = await session.stateRoom();
  const before = (await getState(room, stateId)) ?? {};
  if (!(await confirmed(session, options, overwriteQuestion(stateId)))) return abort(host);
  const folder = await mkdtemp(join(tmpdir(), 'meltano-state-'));
  const file = join(folder, 'state.json');
  await writeFile(file, `${stringifyJson(before, 2)}\n`, { mode: 0o600 });
  const editor = host.terminal.env['VISUAL'] || host.terminal.env['EDITOR'] || 'vi';
  const { status, error } = spawnSync(editor, [file], { stdio: 'inherit', shell: true });
  if (error !== undefined || status !== 0) {
    throw cliError('editor_failed', {
      message: `The editor '${editor}' ended with ${String(status ?? error?.message)}`,
      hint: `set EDITOR to another program; the file is kept at ${file}`,
    });
  }
  const text = (await readFile(file, 'utf8')).trim();
  if (text === '' || isUnchanged(text, before)) session.log.log('info', 'The state is unchanged');
  else {
    await setState(room, stateId, parseEdited(text, file));
    done(session, `State for ${stateId} was successfully set`);
  }
  await rm(folder, { recursive: true, force: true });
}

function isUnchanged(text: string, before: Parameters<typeof jsonEquals>[0]): boolean {
  try {
    return jsonEquals(parseJson(text), before);
  } catch {
    return false;
  }
}

/** An edit with a mistake in it is not lost: the error names the file it lies in. */
function parseEdited(text: string, file: string) {
  try {
    return parseState(text);
  } catch (cause) {
    throw cliError('edited_state_invalid', {
      message: `The edited state is not valid: ${cause instanceof Error ? cause.message : ''}`,
      hint: `your edit is kept: mend ${file} and pass it with meltano state set --input-file`,
      cause,
    });
  }
}

export async function exportStates(host: Host, options: DatabaseChoice): Promise<void> {
  const session = await open(host, options);
  session.print(stringifyJson(await exportState(await session.stateRoom())));
}

export async function importStates(
  host: Host,
  file: string | undefined,
  options: DatabaseChoice,
): Promise<void> {
  const session = await open(host, options);
  const exported = parseJson(await readInput(file ?? '-', host.terminal));
  if (!isJsonObject(exported)) {
    throw cliError('usage', {
      message: 'The input is not a JSON object of states',
      hint: 'give what meltano state export has written',
    });
  }
  const count = await importState(await session.stateRoom(), exported);
  session.log.log('info', `Successfully imported ${count} state(s).`);
}

export async function listStateHistory(
  host: Host,
  stateId: string,
  options: DatabaseChoice & { readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const past = await listHistory(await session.stateRoom(), stateId);
  if (options.format === 'json') {
    session.print(
      stringifyJson(
        past.map(({ record, replacedAt }) => ({
          completed: record.completed,
          partial: record.partial,
          replaced_at: new Date(replacedAt).toISOString(),
        })),
        2,
      ),
    );
    return;
  }
  if (past.length === 0) session.log.log('info', `Nothing has replaced a state of ${stateId} yet`);
  past.forEach(({ record, replacedAt }, index) => {
    session.print(
      `${index + 1}  ${new Date(replacedAt).toISOString()}  ${stringifyJson({ completed: record.completed, partial: record.partial })}`,
    );
  });
}

export async function restorePastState(
  host: Host,
  stateId: string,
  options: Confirmation & { readonly steps: string },
): Promise<void> {
  const steps = Number(options.steps);
  if (!Number.isInteger(steps) || steps < 1) {
    throw cliError('usage', {
      message: `--steps '${options.steps}' is not a whole number from 1 on`,
      hint: `meltano state history ${stateId}`,
    });
  }
  const session = await open(host, options);
  if (!(await confirmed(session, options, overwriteQuestion(stateId)))) return abort(host);
  await restoreState(await session.stateRoom(), stateId, steps);
  done(session, `State for ${stateId} was successfully restored`);
}

async function oneSource(
  text: string | undefined,
  file: string | undefined,
  from?: string,
): Promise<readonly [string | undefined, string | undefined]> {
  const given = [text, file, from].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw cliError('state_source', {
      message: 'Exactly one of STATE, --input-file and --from-state-id is needed',
      hint: 'meltano state --help',
    });
  }
  return [file === undefined ? text : await readFile(file, 'utf8'), from];
}

function overwriteQuestion(stateId: string): string {
  return `This will overwrite the state for the given id: ${stateId}. Continue?`;
}

async function confirmed(session: Session, options: Confirmation, question: string): Promise<boolean> {
  return options.force === true || session.confirm(question, '--force');
}

function abort(host: Host): void {
  host.exitCode = 1;
}

function done(session: Session, what: string): void {
  const at = new Date()
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, '+0000');
  session.log.log('info', `${what} at ${at}.`);
}
