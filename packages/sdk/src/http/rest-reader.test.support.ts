import type { JsonObject } from '@meltano/foundation/json';
import { afterEach } from 'vitest';
import { defineConfig } from '../config/config.ts';
import type { RecordItem, TapContext } from '../connector.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { type ApiServer, type Received, type Reply, startApiServer } from '../testing/api-server.ts';
import type { HttpOptions } from './http-options.ts';
import { type RestOptions, rest } from './rest.ts';

export const row = s.of<JsonObject>({ type: 'object', properties: { id: {}, user_id: {}, users_id: {} } });

/** A clock on which waiting takes no time, and which tells how long was waited. */
function fastClock() {
  let now = Date.UTC(2024, 0, 1);
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async sleep(ms: number) {
      waits.push(ms);
      now += ms;
    },
  };
}

interface Options {
  readonly http?: Partial<HttpOptions>;
  readonly context?: Partial<TapContext>;
  readonly more?: Readonly<Record<string, ReturnType<typeof rest>>>;
}

/** A tap with one stream, `rows`, that reads from a server which answers as given. */
export function useRestReader() {
  let server: ApiServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  const read = async (
    stream: Partial<RestOptions<JsonObject>>,
    answer: (request: Received, count: number) => Reply,
    options: Options = {},
  ) => {
    server = await startApiServer(answer);
    const { url } = server;
    const clock = fastClock();
    const lines: string[] = [];
    const tap = defineTap({
      name: 'tap-x',
      label: 'X',
      description: 'Reads X',
      version: '1.0.0',
      config: defineConfig({}),
      http: () => ({ baseUrl: url, ...options.http }),
      streams: { rows: rest({ path: '/rows', schema: row, keys: ['id'], ...stream }), ...options.more },
    });
    const open = await tap.open({
      config: {},
      log: { log: (level, text) => void lines.push(`${level}: ${text}`) },
      clock,
      signal: new AbortController().signal,
      ...options.context,
    });
    const items: RecordItem[] = [];
    let error: unknown;
    try {
      for await (const item of open.read('record')) items.push(item);
    } catch (thrown) {
      error = thrown;
    } finally {
      await open.close();
    }
    const rows = items.flatMap((item) =>
      item.kind === 'records' && item.stream === 'rows' ? item.records : [],
    );
    return {
      rows,
      ids: rows.map((each) => each['id']),
      items,
      error,
      lines,
      clock,
      received: server.received,
    };
  };
  return Object.assign(read, { url: () => server?.url ?? '' });
}
