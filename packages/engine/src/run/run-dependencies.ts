import type { Clock } from '@meltano/foundation/clock';
import type { Redactor } from '@meltano/foundation/redact';
import type { Connector } from '@meltano/sdk/connector';
import type { RunEvent } from '../events.ts';
import type { LaunchNative } from '../invoke/open-invocation.ts';
import type { LeaseHolder, StateStore } from '../state/state-store.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RunRecords } from './run-records.ts';

/** All that a run needs from the rooms around it. Everything is opened and closed by the caller. */
export interface RunDependencies {
  readonly workspace: Workspace;
  readonly stateStore: StateStore;
  readonly records: RunRecords;
  readonly clock: Clock;
  /** Who this process is, for leases. */
  readonly holder: Omit<LeaseHolder, 'runId'>;
  /** Called synchronously with every event, in order; must not throw. */
  readonly onEvent: (event: RunEvent) => void;
  /** Values added while the run prepares its plugins; events pass through it. */
  readonly redactor: Redactor;
  /** The connector of that Hub name in a package. Rejects with a clear error when there is none. */
  readonly loadConnector: LoadConnector;
  readonly launchNative?: LaunchNative;
  /** Level for Python plugins' logging, e.g. `debug`. */
  readonly logLevel?: string;
  /** Milliseconds between asking a plugin to stop and killing it. Default 30,000. */
  readonly graceMs?: number;
  /** Milliseconds that processes left behind by a plugin may hold its pipes. Default 5,000. */
  readonly leftoverGraceMs?: number;
  /** False: links between processes run on the event loop, as they do where there are no named pipes. */
  readonly threads?: boolean;
}

export type LoadConnector = (npmPackage: string, name: string) => Promise<Connector>;
