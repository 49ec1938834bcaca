import { existsSync } from 'node:fs';
import { parseDatabaseUri } from '../system/database-uri.ts';
import { openSqlite } from '../system/sqlite-connection.ts';
import { openStateStore } from './open-state-store.ts';

export interface StateIdsPlace {
  /** The settings `database_uri` and `state_backend.uri`. */
  readonly databaseUri: string;
  readonly stateUri: string;
  /** The project's root. */
  readonly folder: string;
}

/**
 * The state ids of a project without making or migrating anything: a database that is not there has none, and
 * one on a server is not asked.
 */
export async function peekStateIds({
  databaseUri,
  stateUri,
  folder,
}: StateIdsPlace): Promise<readonly string[]> {
  const address = parseDatabaseUri(databaseUri, folder);
  const file = address.kind === 'sqlite' ? address.file : undefined;
  const there = file !== undefined && existsSync(file);
  if (!there && stateUri === 'systemdb') return [];
  const connection = await openSqlite(there ? { file, readOnly: true } : { file: undefined });
  try {
    const store = await openStateStore({ uri: stateUri, systemConnection: connection });
    return await store.list();
  } finally {
    await connection.close();
  }
}
