import type { JsonObject } from '@meltano/foundation/json';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { RecordItem, Tap } from '../connector.ts';
import { hostConnector } from '../host/host-connector.ts';
import { pageNumbers } from '../http/paginate.ts';
import { rest } from '../http/rest.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';

const schema = s.of<JsonObject>({
  type: 'object',
  properties: {
    id: { type: 'integer' },
    parent: { type: 'integer' },
    at: { type: 'string', format: 'date-time' },
  },
});
const day = 86_400_000;
const rows = { schema, keys: ['id'] } as const;
const paginate = pageNumbers({ param: 'page', size: { param: 'size', value: 1_000 } });

/** One way of reading each, by the setting `kind`. */
const kinds = {
  whole: () => ({ rows: rest({ path: '/rows', ...rows, paginate }) }),
  sorted: () => ({
    rows: rest({ path: '/rows', ...rows, paginate, replicationKey: 'at', sorted: true, since: 'since' }),
  }),
  windows: () => ({
    rows: rest({
      path: '/rows',
      ...rows,
      paginate,
      replicationKey: 'at',
      windows: day,
      since: { param: 'since', until: 'until' },
    }),
  }),
  children: () => ({
    parents: rest({ path: '/parents', schema, keys: ['id'] }),
    rows: rest({
      path: '/rows?parent={parent}',
      ...rows,
      paginate,
      replicationKey: 'at',
      since: 'since',
      parent: { stream: 'parents', fields: { parent: 'id' } },
    }),
  }),
};

const tap = defineTap({
  name: 'tap-slow',
  label: 'Slow',
  description: 'Reads a local source in one of several ways',
  version: '1.0.0',
  config: defineConfig({
    url: setting.string({ label: 'URL', description: 'Of the source', required: true }),
    kind: setting.string({ label: 'Kind', description: 'How it is read', required: true }),
    start_date: setting.date({ label: 'Start Date', description: 'Nothing older is read' }),
  }),
  streams: (source) => {
    const templates = kinds[source.config.kind as keyof typeof kinds]();
    const given = { ...source, http: { baseUrl: source.config.url } };
    return Object.entries(templates).map(([name, template]) => template(name, given));
  },
});

/** Sends each state before the records that it covers: what a check must find. */
const tooEarly: Tap = {
  ...tap,
  async open(context) {
    const open = await tap.open(context);
    return { ...open, read: () => statesFirst(open.read('record')), close: () => open.close() };
  },
};

async function* statesFirst(items: AsyncIterable<RecordItem>): AsyncGenerator<RecordItem> {
  let waiting: RecordItem[] = [];
  for await (const item of items) {
    if (item.kind === 'records') {
      waiting.push(item);
      continue;
    }
    yield item;
    yield* waiting;
    waiting = [];
  }
  yield* waiting;
}

await hostConnector(process.env['STATES_FIRST'] === '1' ? tooEarly : tap);
