import type { Clock } from '@meltano/foundation/clock';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { RecordItem } from '@meltano/sdk/connector';
import type { Catalog } from '@meltano/singer/catalog';
import type { RunDependencies } from '../run/run-dependencies.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface PreviewOptions extends Pick<RunDependencies, 'loadConnector' | 'launchNative' | 'logLevel'> {
  readonly workspace: Workspace;
  readonly extractor: ResolvedPlugin;
  /** Its `tap_stream_id`; without one all selected streams. */
  readonly stream: string | undefined;
  /** Of each stream, at most. */
  readonly records: number;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Milliseconds between asking the extractor to stop and killing it. */
  readonly graceMs: number;
}

/** An extractor that can be read from its beginning, once per call of `read`. */
export interface PreviewSource {
  /** Undefined when it has none: then it reads what it likes. */
  readonly catalog: Catalog | undefined;
  /** Reads without state; ends the extractor when the iteration is left. */
  read(catalog: Catalog | undefined): AsyncIterable<RecordItem>;
  close(): Promise<void>;
}
