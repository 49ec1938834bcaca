import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '@meltano/foundation/json';
import type { ConnectorAbout, RecordItem, Tap, Target } from '@meltano/sdk/connector';

/** Small native connectors that keep the contract and nothing more. */
function about(name: string): ConnectorAbout {
  return {
    name,
    label: name,
    description: name,
    version: '1.0.0',
    capabilities: ['state', 'catalog', 'discover'],
    settings: [],
  };
}

export interface NativeTapSeen {
  state?: unknown;
  catalog?: unknown;
  closed: boolean;
}

/** Reads `batches` batches of two records, a state after each; `failAfter` throws, `forever` never ends by itself. */
export function nativeTap(
  options: { readonly batches?: number; readonly failAfter?: number; readonly forever?: boolean } = {},
  seen: NativeTapSeen = { closed: false },
): Tap {
  return {
    kind: 'tap',
    about: about('tap-native'),
    discover: async () => ({
      streams: [{ tap_stream_id: 'rows', stream: 'rows', schema: { properties: { id: {} } }, metadata: [] }],
    }),
    open: async ({ signal, state, catalog }) => {
      seen.state = state;
      seen.catalog = catalog;
      const from = (state as { id?: number } | undefined)?.id ?? 0;
      async function* read(): AsyncIterable<RecordItem> {
        yield { kind: 'schema', stream: 'rows', schema: { properties: { id: {} } }, keyProperties: ['id'] };
        for (let batch = 0; options.forever || batch < (options.batches ?? 3); batch += 1) {
          if (options.failAfter === batch) throw new Error('the source is gone');
          if (signal.aborted) return;
          const id = from + batch * 2;
          yield { kind: 'records', stream: 'rows', records: [{ id: id + 1 }, { id: id + 2 }], bytes: 20 };
          yield { kind: 'state', value: { id: id + 2 } };
          if (options.forever) await delay(1);
        }
      }
      return {
        lanes: ['record'],
        read,
        close: async () => {
          seen.closed = true;
        },
      };
    },
  };
}

export interface NativeTargetSeen {
  readonly items: RecordItem[];
  readonly records: JsonObject[];
  /** Whether it was told that its input is not complete. */
  incomplete: boolean;
  closed: boolean;
}

/** Keeps everything; acknowledges states as they come; `failAfter` throws after so many records. */
export function nativeTarget(options: { readonly failAfter?: number; readonly hang?: boolean } = {}): {
  readonly target: Target;
  readonly seen: NativeTargetSeen;
} {
  const seen: NativeTargetSeen = { items: [], records: [], incomplete: false, closed: false };
  const target: Target = {
    kind: 'target',
    about: about('target-native'),
    open: async ({ signal }) => ({
      accepts: ['record'],
      async load(items, { acknowledge, notice }) {
        if (options.hang) await new Promise(() => {});
        notice?.({ kind: 'schema-change', stream: 'rows', change: 'table-created', table: 'main.rows' });
        for await (const item of items) {
          seen.items.push(item);
          if (item.kind === 'records') seen.records.push(...item.records);
          if (options.failAfter !== undefined && seen.records.length >= options.failAfter)
            throw new Error('the disk is full');
          if (item.kind === 'state') await acknowledge(item.value);
        }
        seen.incomplete = signal.aborted;
        return { streams: new Map([['rows', { loaded: seen.records.length, refused: 0 }]]) };
      },
      close: async () => {
        seen.closed = true;
      },
    }),
  };
  return { target, seen };
}
