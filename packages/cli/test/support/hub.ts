import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A definition as the Hub has it, and its type. */
export interface HubEntry {
  readonly type: string;
  readonly definition: { readonly name: string; readonly variant: string } & Readonly<
    Record<string, unknown>
  >;
}

export interface TestHub extends AsyncDisposable {
  /** Variables that make the program ask this Hub. */
  readonly env: Readonly<Record<string, string>>;
}

const api = '/meltano/api/v1/plugins';

/** A Hub on this machine with these definitions, each the default variant of its plugin. */
export async function openTestHub(entries: readonly HubEntry[]): Promise<TestHub> {
  const server = createServer((request, response) => {
    const [type = '', name = ''] = (request.url ?? '').slice(`${api}/`.length).split('/');
    const ofType = entries.filter((entry) => entry.type === type).map((entry) => entry.definition);
    const index = Object.fromEntries(
      ofType.map((definition) => [
        definition.name,
        {
          default_variant: definition.variant,
          variants: {
            [definition.variant]: {
              ref: `http://${request.headers.host}${api}/${type}/${keyOf(definition)}`,
            },
          },
        },
      ]),
    );
    const answer = name === 'index' ? index : ofType.find((definition) => keyOf(definition) === name);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { MELTANO_HUB_URL: `http://127.0.0.1:${port}` },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function keyOf({ name, variant }: HubEntry['definition']): string {
  return `${name}--${variant}`;
}
