import { defineConfig } from '../config/config.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { defineStream } from '../tap/stream.ts';
import { hostConnector } from './host-connector.ts';

/** Says something about each of its records, more than a pipe holds. */
await hostConnector(
  defineTap({
    name: 'tap-talkative',
    label: 'Talkative',
    description: 'Says something about each record',
    version: '1.0.0',
    config: defineConfig({}),
    streams: [
      defineStream({
        name: 'rows',
        schema: s.object({ id: s.integer() }),
        *records({ log }) {
          for (let id = 0; id < 2_000; id += 1) {
            log.log('info', `here comes ${id} ${'.'.repeat(200)}`);
            yield { id };
          }
        },
      }),
    ],
  }),
);
