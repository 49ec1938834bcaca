import { Readable } from 'node:stream';
import type { Clock } from '@meltano/foundation/clock';
import { type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import type { Catalog } from '@meltano/singer/catalog';
import type { ConnectorContext, RecordItem, Tap } from '../connector.ts';
import { readSinger } from '../host/singer-input.ts';
import { systemClock } from '../host/system-clock.ts';
import { runConnectorProgram } from './program-run.ts';

export interface ReadOptions {
  readonly catalog?: Catalog;
  readonly state?: JsonValue;
  /** Ask the tap to stop when the first records have come. */
  readonly stopAtFirstRecords?: boolean;
}

/** One of the ways in which a tap is run; every check holds for each. */
export interface TapDriver {
  readonly name: string;
  discover(): Promise<Catalog>;
  /** All items in their order. Throws when the tap fails. */
  read(options?: ReadOptions): Promise<readonly RecordItem[]>;
}

/** The world in which a suite runs a tap. */
export interface TapWorld {
  /** Makes the clock of one run; with a new one each time all runs see the same times. */
  readonly clock?: () => Clock;
  readonly fetch?: typeof fetch;
}

export function worldOf({ clock, fetch }: TapWorld): {
  readonly clock?: Clock;
  readonly fetch?: typeof fetch;
} {
  return {
    ...(clock === undefined ? {} : { clock: clock() }),
    ...(fetch === undefined ? {} : { fetch }),
  };
}

export function tapDrivers(tap: Tap, config: JsonObject, world: TapWorld = {}): readonly TapDriver[] {
  return [inProcess(tap, config, world), asProgram(tap, config, world)];
}

export function contextOf(
  config: JsonObject,
  signal: AbortSignal = new AbortController().signal,
): ConnectorContext {
  return { config, log: silentLog, clock: systemClock, signal };
}

function inProcess(tap: Tap, config: JsonObject, world: TapWorld): TapDriver {
  return {
    name: 'in process',
    discover: () => tap.discover({ ...contextOf(config), ...worldOf(world) }),
    async read({ catalog, state, stopAtFirstRecords } = {}) {
      const stop = new AbortController();
      const open = await tap.open({
        ...contextOf(config, stop.signal),
        ...worldOf(world),
        ...(catalog === undefined ? {} : { catalog }),
        ...(state === undefined ? {} : { state }),
      });
      const items: RecordItem[] = [];
      try {
        for await (const item of open.read('record')) {
          items.push(item);
          if (stopAtFirstRecords && item.kind === 'records') stop.abort();
        }
      } finally {
        await open.close();
      }
      return items;
    },
  };
}

function asProgram(tap: Tap, config: JsonObject, world: TapWorld): TapDriver {
  return {
    name: 'as a program',
    async discover() {
      const run = await runConnectorProgram(tap, {
        ...worldOf(world),
        files: { config },
        args: ['--discover'],
      });
      if (run.code !== 0) throw new Error(run.stderr);
      return parseJson(run.stdout) as unknown as Catalog;
    },
    async read({ catalog, state, stopAtFirstRecords } = {}) {
      const stop = new AbortController();
      const files: Record<string, JsonValue> = { config };
      if (catalog !== undefined) files['catalog'] = catalog as unknown as JsonValue;
      if (state !== undefined) files['state'] = state;
      const run = await runConnectorProgram(tap, {
        ...worldOf(world),
        files,
        signal: stop.signal,
        onOutput: (text) => {
          if (stopAtFirstRecords && text.includes('"type":"RECORD"')) stop.abort();
        },
      });
      if (run.code !== 0) throw new Error(run.stderr);
      return parseOutput(run.stdout);
    },
  };
}

/** What a tap printed, as items. */
export async function parseOutput(text: string): Promise<readonly RecordItem[]> {
  const items: RecordItem[] = [];
  const input = Readable.from([Buffer.from(text)], { objectMode: false });
  for await (const item of readSinger(input, silentLog, new AbortController().signal)) items.push(item);
  return items;
}
