import { isJsonObject, type JsonObject, parseJson, stringifyPythonJson } from '@meltano/foundation/json';
import { mergeState } from '@meltano/singer/state';
import { type SqlRow, type SqlSession, textOf } from './sql-connection.ts';

/**
 * Fills an empty table `state`, as Meltano's revision 6828cc5b1a4f does: the state of each name is its latest
 * complete payload with the later partial ones laid over it, all of it kept as partial state.
 * Source: meltano-runtime §5.5.
 */
export async function fillStateFromRuns(session: SqlSession): Promise<void> {
  const names = await session.all('SELECT DISTINCT job_name FROM runs WHERE job_name IS NOT NULL');
  for (const row of names) {
    const name = textOf(row, 'job_name') ?? '';
    const state = await stateFromRuns(session, name);
    await session.run('INSERT INTO state (state_id, partial_state, completed_state) VALUES (?, ?, ?)', [
      name,
      stringifyPythonJson(state),
      '{}',
    ]);
  }
}

async function stateFromRuns(session: SqlSession, name: string): Promise<JsonObject> {
  const [complete] = await session.all(
    `SELECT payload, ended_at FROM runs WHERE job_name = ? AND ended_at IS NOT NULL AND (payload_flags & 1) = 1
     ORDER BY ended_at DESC, id DESC LIMIT 1`,
    [name],
  );
  const since = complete === undefined ? undefined : textOf(complete, 'ended_at');
  const partial = await session.all(
    `SELECT payload FROM runs WHERE job_name = ? AND ended_at IS NOT NULL AND (payload_flags & 2) = 2
     ${since === undefined ? '' : 'AND ended_at > ?'} ORDER BY ended_at, id`,
    since === undefined ? [name] : [name, since],
  );
  const payloads = [...(complete === undefined ? [] : [complete]), ...partial].map(payloadOf);
  return payloads.reduce((state, payload) => mergeState(payload, state), {});
}

/** Payloads without a singer state count as empty ones. */
function payloadOf(row: SqlRow): JsonObject {
  try {
    const value = parseJson(textOf(row, 'payload') ?? '{}');
    return isJsonObject(value) && 'singer_state' in value ? value : {};
  } catch {
    return {};
  }
}
