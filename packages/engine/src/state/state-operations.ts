import type { Clock } from '@meltano/foundation/clock';
import { uuidV7 } from '@meltano/foundation/ids';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { RunRows } from '../system/run-rows.ts';
import { stateError } from './errors.ts';
import { effectiveState, emptyRecord, recordAfterWrite } from './state-record.ts';
import type { Lease, PastState, StateRecord, StateStore } from './state-store.ts';

/** What the operations on state work with. Edits leave a STATE_EDIT row, wherever the state itself lives. */
export interface StateRoom {
  readonly store: StateStore;
  readonly runs: RunRows;
  readonly clock: Clock;
  /** What caused the edit, e.g. `cli`. */
  readonly trigger: string;
}

/** What the next run is given; undefined for an unknown id. */
export async function getState({ store }: StateRoom, stateId: string): Promise<JsonObject | undefined> {
  const record = await store.get(stateId);
  return record === undefined ? undefined : effectiveState(record);
}

/** Replaces the state. The value is `{"singer_state": …}`; see {@link parseState}. */
export async function setState(room: StateRoom, stateId: string, state: JsonObject): Promise<void> {
  if (Object.keys(state).length > 0) await room.store.set(stateId, { completed: state, partial: {} });
  else await room.store.update(stateId, (current) => recordAfterWrite(current, { complete: true, state }));
  await recordEdit(room, stateId, state, 1);
}

/** Lays a state over the partial one that is there. */
export async function mergeIntoState(room: StateRoom, stateId: string, state: JsonObject): Promise<void> {
  await room.store.update(stateId, (current) => recordAfterWrite(current, { complete: false, state }));
  await recordEdit(room, stateId, state, 2);
}

/** Gives `to` the effective state of `from`. */
export async function copyState(room: StateRoom, from: string, to: string): Promise<void> {
  const state = await getState(room, from);
  if (state === undefined || Object.keys(state).length === 0) throw noState(from);
  assertSingerState(state);
  await setState(room, to, state);
}

/** Copies, then clears the source: killed in between, both have it and none is lost. */
export async function moveState(room: StateRoom, from: string, to: string): Promise<void> {
  if (from === to) return;
  await copyState(room, from, to);
  await room.store.delete(from);
}

export async function clearState({ store }: StateRoom, stateId: string): Promise<void> {
  await store.delete(stateId);
}

/** Answers how many there were. */
export async function clearAllState({ store }: StateRoom): Promise<number> {
  const ids = await store.list();
  for (const id of ids) await store.delete(id);
  return ids.length;
}

export interface ListedState {
  readonly stateId: string;
  /** `valid`: has a singer state; `empty`: has nothing; `invalid`: something else, or unreadable. */
  readonly quality: 'valid' | 'empty' | 'invalid';
}

export async function listState({ store }: StateRoom, pattern?: string): Promise<readonly ListedState[]> {
  const ids = await store.list(pattern);
  return Promise.all(ids.map(async (stateId) => ({ stateId, quality: await qualityOf(store, stateId) })));
}

async function qualityOf(store: StateStore, stateId: string): Promise<ListedState['quality']> {
  const state = await store.get(stateId).then(
    (record) => effectiveState(record ?? emptyRecord),
    () => undefined,
  );
  if (state === undefined) return 'invalid';
  if (Object.keys(state).length === 0) return 'empty';
  return 'singer_state' in state ? 'valid' : 'invalid';
}

/** `{"<id>": {"completed": …, "partial": …}}` of all ids. */
export async function exportState({ store }: StateRoom): Promise<JsonObject> {
  const entries: [string, JsonValue][] = [];
  for (const id of await store.list()) {
    const record = await store.get(id);
    if (record !== undefined) entries.push([id, { completed: record.completed, partial: record.partial }]);
  }
  return Object.fromEntries(entries);
}

/** Takes what {@link exportState} gave; replaces the ids in it, leaves others. Answers how many. */
export async function importState({ store }: StateRoom, exported: JsonObject): Promise<number> {
  const records = Object.entries(exported).map(([id, value]): [string, StateRecord] => [
    id,
    parseExported(id, value),
  ]);
  for (const [id, record] of records) await store.set(id, record);
  return records.length;
}

/** The records that newer ones replaced, newest first. */
export function listHistory({ store }: StateRoom, stateId: string): Promise<readonly PastState[]> {
  return store.history(stateId);
}

/** Brings back the record that was replaced `steps` changes ago; what it replaces goes into the history. */
export async function restoreState(room: StateRoom, stateId: string, steps = 1): Promise<StateRecord> {
  const past = await room.store.history(stateId);
  const found = past[steps - 1];
  if (found === undefined) {
    throw stateError('not_found', {
      message: `The state '${stateId}' has no record from ${steps} changes ago; ${past.length} are kept`,
      hint: `See them with \`meltano state history ${stateId}\``,
    });
  }
  await room.store.set(stateId, found.record);
  await recordEdit(room, stateId, effectiveState(found.record), 1);
  return found.record;
}

export interface RunStateWrite {
  /** The value of a STATE message. */
  readonly value: JsonValue;
  /** False when it covers only part of what earlier runs did: it is then merged (meltano-runtime §3.8). */
  readonly complete: boolean;
  readonly lease: Lease | undefined;
}

/** What a run stores when its target has acknowledged a state (Invariant 1). Answers the payload of its row. */
export async function storeRunState(
  store: StateStore,
  stateId: string,
  write: RunStateWrite,
): Promise<JsonObject> {
  const state = { singer_state: write.value };
  await store.update(
    stateId,
    (current) => recordAfterWrite(current, { complete: write.complete, state }),
    write.lease === undefined ? {} : { lease: write.lease },
  );
  return state;
}

/** JSON text of `{"singer_state": {…}}`. Without `validate` any object is taken. */
export function parseState(
  text: string,
  { validate = true }: { readonly validate?: boolean } = {},
): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'no JSON';
    throw stateError('invalid_state', {
      message: `The state is not valid JSON: ${why}`,
      hint: 'Quote it for the shell, or use --input-file',
      cause,
    });
  }
  if (!isJsonObject(value))
    throw stateError('invalid_state', {
      message: 'The state is not a JSON object',
      hint: 'Write {"singer_state": {…}}',
    });
  if (validate) assertSingerState(value);
  return value;
}

function assertSingerState(state: JsonObject): void {
  if ('singer_state' in state) return;
  throw stateError('invalid_state', {
    message: 'singer_state not found in top level of provided state',
    hint: 'Write {"singer_state": {…}}, or pass --no-validate',
  });
}

function noState(stateId: string) {
  return stateError('not_found', {
    message: `The state id '${stateId}' has no state: singer_state not found in top level of provided state`,
    hint: 'See the ids that have one with `meltano state list`',
  });
}

function parseExported(stateId: string, value: JsonValue): StateRecord {
  const part = (name: string) => {
    const state = isJsonObject(value) ? (value[name] ?? {}) : undefined;
    if (isJsonObject(state)) return state;
    throw stateError('invalid_state', {
      message: `The entry '${stateId}' is not {"completed": {…}, "partial": {…}}`,
      hint: 'Import what `meltano state export` has written',
    });
  };
  return { completed: part('completed'), partial: part('partial') };
}

function recordEdit(
  { runs, clock, trigger }: StateRoom,
  stateId: string,
  payload: JsonObject,
  flags: number,
): Promise<void> {
  return runs.recordStateEdit({ stateId, runId: uuidV7(clock.now()), payload, flags, trigger });
}
