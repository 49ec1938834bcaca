import { isAbsolute } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import { hidePasswordsInAddresses } from '@meltano/foundation/redact';
import type { SqlConnection } from '../system/sql-connection.ts';
import { systemClock } from '../system/system-clock.ts';
import { stateError } from './errors.ts';
import { createFileStateStore } from './file-state-store.ts';
import type { StateStore } from './state-store.ts';
import { createSystemStateStore } from './system-state-store.ts';

export interface StateStoreOptions {
  /** The setting `state_backend.uri`. */
  readonly uri: string;
  /** Used by `systemdb`; the other backends never touch it. */
  readonly systemConnection: SqlConnection;
  readonly clock?: Clock;
  /** How long a lease lasts without being renewed; default one minute. */
  readonly leaseMs?: number;
}

export const stateBackends = ['systemdb', 'file'] as const;

/** The store that a state backend address names: `systemdb`, or `file:///absolute/folder`. */
export async function openStateStore(options: StateStoreOptions): Promise<StateStore> {
  const { uri, systemConnection, clock = systemClock, leaseMs = 60_000 } = options;
  const scheme = uri.includes('://') ? uri.slice(0, uri.indexOf('://')) : uri;
  if (scheme === 'systemdb') return createSystemStateStore(systemConnection, { clock, leaseMs });
  if (scheme === 'file') return createFileStateStore(folderOf(uri), { clock, leaseMs });
  throw stateError('unknown_backend', {
    message: `No state backend found for scheme '${scheme}', available backends are: ${stateBackends.join(', ')}`,
    hint: 'Set state_backend.uri to systemdb or to file:///absolute/folder',
    details: { uri: hidePasswordsInAddresses(uri) },
  });
}

/** Percent signs stay as they are, as in Meltano. */
function folderOf(uri: string): string {
  const folder = uri.slice('file://'.length);
  const path = process.platform === 'win32' ? folder.replace(/^\/(?=[a-z]:)/i, '') : folder;
  if (isAbsolute(path)) return path;
  throw stateError('invalid_uri', {
    message: `The state backend '${uri}' is not an absolute path`,
    hint: `Write file:///${folder.replace(/^\/+/, '')} with the whole path after three slashes`,
  });
}
