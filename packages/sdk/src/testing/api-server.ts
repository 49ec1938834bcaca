import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JsonValue } from '@meltano/foundation/json';

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonValue;
  readonly text?: string;
  /** Breaks the connection off in place of an answer. */
  readonly destroy?: boolean;
}

export interface ApiServer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** A real HTTP server on a free port of this machine. */
export async function startApiServer(
  answer: (request: Received, count: number) => Reply,
): Promise<ApiServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const url = request.url ?? '/';
      const got: Received = {
        method: request.method ?? '',
        url,
        query: new URL(url, 'http://localhost').searchParams,
        headers: request.headers,
        body: await text(request),
      };
      received.push(got);
      const reply = answer(got, received.length);
      if (reply.destroy) return request.socket.destroy();
      const type = reply.json === undefined ? 'text/plain' : 'application/json';
      response.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers });
      response.end(reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json));
      return undefined;
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
