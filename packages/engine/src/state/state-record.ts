import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEquals,
  parseJson,
  stringifyPythonJson,
} from '@meltano/foundation/json';
import { mergeState } from '@meltano/singer/state';
import { stateError } from './errors.ts';
import type { StateRecord } from './state-store.ts';

export const emptyRecord: StateRecord = { completed: {}, partial: {} };

/** What the next run is given: the partial state laid over the completed one. */
export function effectiveState(record: StateRecord): JsonObject {
  return mergeState(record.partial, record.completed);
}

/**
 * Meltano's write rule (meltano-runtime §4.2): a complete state replaces both parts; a partial one is merged
 * into the partial state that is there. An empty complete state counts as a partial one, as in Meltano.
 */
export function recordAfterWrite(
  current: StateRecord | undefined,
  { complete, state }: { readonly complete: boolean; readonly state: JsonObject },
): StateRecord {
  const isComplete = complete && Object.keys(state).length > 0;
  if (isComplete) return { completed: state, partial: {} };
  if (current === undefined)
    return complete ? { completed: state, partial: {} } : { completed: {}, partial: state };
  return {
    completed: current.completed,
    partial: complete ? current.partial : mergeState(state, current.partial),
  };
}

export function recordsEqual(a: StateRecord, b: StateRecord): boolean {
  return jsonEquals(a.completed, b.completed) && jsonEquals(a.partial, b.partial);
}

/** JSON text as Meltano writes it; digits and the order of keys are kept. */
export function renderStateObject(state: JsonObject): string {
  return stringifyPythonJson(state);
}

/** `{"completed": …, "partial": …}` on one line, Meltano's file format. */
export function renderRecord(record: StateRecord): string {
  return stringifyPythonJson({ completed: record.completed, partial: record.partial });
}

/** Missing members and nulls count as `{}`. */
export function parseRecord(text: string, stateId: string, source: string): StateRecord {
  const value = parseOrThrow(text, stateId, source);
  if (!isJsonObject(value)) throw unreadable(stateId, source, 'it is not a JSON object');
  return {
    completed: objectOrEmpty(value['completed'], stateId, source),
    partial: objectOrEmpty(value['partial'], stateId, source),
  };
}

export function parseStateObject(text: string | undefined, stateId: string): JsonObject {
  if (text === undefined || text === '') return {};
  return objectOrEmpty(parseOrThrow(text, stateId, 'the system database'), stateId, 'the system database');
}

function objectOrEmpty(value: JsonValue | undefined, stateId: string, source: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw unreadable(stateId, source, 'its state is not a JSON object');
}

function parseOrThrow(text: string, stateId: string, source: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw unreadable(stateId, source, 'it is not valid JSON', cause);
  }
}

function unreadable(stateId: string, source: string, why: string, cause?: unknown) {
  return stateError('unreadable', {
    message: `The state '${stateId}' in ${source} cannot be read: ${why}`,
    hint: `Set it again with \`meltano state set ${stateId} '{"singer_state": …}'\`, or begin anew with \`meltano state clear ${stateId}\``,
    cause,
  });
}
