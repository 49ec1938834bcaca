import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { type JsonValue, parseJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import { runError } from './errors.ts';
import type { PrepareMembersOptions } from './preparing.ts';

/** Source of the order and the texts: meltano-runtime §2.6. */
export async function findState(
  { extras }: PreparedPlugin,
  { run, block, loadState, stateLabel }: PrepareMembersOptions,
  log: Log,
): Promise<JsonValue | undefined> {
  if (block.stateId === undefined || stateLabel === undefined) return undefined;
  if (run.plan.request.fullRefresh) {
    log.log('info', 'Performing full refresh, ignoring state left behind by any previous runs.');
    return undefined;
  }
  const file = extras['_state'];
  if (typeof file === 'string' && file !== '') {
    const state = readStateFile(resolve(run.deps.workspace.root, file), file);
    log.log('info', `Found state in ${file}`);
    return state;
  }
  const state = await loadState();
  if (state === undefined) {
    log.log('warning', 'No state was found, complete import.');
    return undefined;
  }
  run.emitter.emit({ kind: 'state-loaded', block: block.index, stateId: block.stateId, source: stateLabel });
  return state;
}

function readStateFile(path: string, named: string): JsonValue {
  if (!existsSync(path)) {
    throw runError('invalid_state_file', {
      message: `Could not find state file ${path}`,
      hint: 'the path is relative to the root of the project',
      details: { path },
    });
  }
  try {
    return parseJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw runError('invalid_state_file', {
      message: `The state file ${named} is not JSON: ${errorMessage(cause)}`,
      hint: 'it holds the value of a STATE message, e.g. {"bookmarks": {}}',
      place: { file: path },
      cause,
    });
  }
}
