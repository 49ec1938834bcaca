import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HubDefinition, hubDefinitions } from './hub-definitions.ts';

/** A small Hub on this machine, with the few plugins that scenarios add. */
export interface Hub extends AsyncDisposable {
  readonly url: string;
}

const api = '/meltano/api/v1/plugins';

export async function openHub(): Promise<Hub> {
  const server = createServer((request, response) => {
    const answer = answerTo(request.url ?? '', `http://${request.headers.host}`);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerTo(path: string, url: string): unknown {
  const [type = '', name = ''] = path.startsWith(`${api}/`) ? path.slice(api.length + 1).split('/') : [];
  const ofType = hubDefinitions.filter((definition) => definition.type === type);
  if (name === 'index' && ofType.length > 0) return indexOf(ofType, `${url}${api}/${type}`);
  return ofType.find(({ definition }) => `${definition.name}--${definition.variant}` === name)?.definition;
}

function indexOf(definitions: readonly HubDefinition[], url: string): Record<string, unknown> {
  const index: Record<
    string,
    { default_variant: string; variants: Record<string, { ref: string }>; logo_url: null }
  > = {};
  for (const { definition } of definitions) {
    const entry = (index[definition.name] ??= {
      default_variant: definition.variant,
      variants: {},
      logo_url: null,
    });
    entry.variants[definition.variant] = { ref: `${url}/${definition.name}--${definition.variant}` };
  }
  return index;
}
