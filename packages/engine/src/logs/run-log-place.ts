import { join } from 'node:path';

/** The folder of run logs, shared by all projects of a user. Source: meltano-runtime §6.8. */
export function runLogFile(logFolder: string, stateId: string, runId: string): string {
  return join(logFolder, 'elt', sanitizeStateId(stateId), runId, 'elt.log');
}

/** Meltano's older place inside the project, which is read too. */
export function oldRunLogFile(systemDir: string, stateId: string, runId: string): string {
  return join(systemDir, 'run', 'elt', sanitizeStateId(stateId), runId, 'elt.log');
}

/**
 * A state id as the name of a folder: accents dropped, path separators and blanks to `_`, other signs than
 * letters, digits, `_ . -` removed. Source: meltano-project §7.
 */
export function sanitizeStateId(stateId: string): string {
  return stateId
    .normalize('NFKD')
    .replace(/[^\p{ASCII}]/gu, '')
    .replace(/[/\\]/g, ' ')
    .trim()
    .split(/\s+/)
    .join('_')
    .replace(/[^A-Za-z0-9_.-]/g, '')
    .replace(/^[._]+|[._]+$/g, '');
}
