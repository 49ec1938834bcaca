import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonValue } from '@meltano/foundation/json';

/** The token that the practice API takes. */
export const practiceToken = 'practice';

const pageSize = 20;
const customers = Array.from({ length: 45 }, (_, index) => ({
  id: index + 1,
  name: `Customer ${index + 1}`,
  country: ['NL', 'DE', 'FR', 'SE'][index % 4] ?? 'NL',
  updated_at: new Date(Date.UTC(2024, 0, 1 + index)).toISOString(),
}));

const invoicesOf = (customer: number) =>
  Array.from({ length: customer % 3 }, (_, index) => ({
    id: customer * 100 + index,
    customer_id: customer,
    total: (customer * 7.5 + index).toFixed(2),
    paid: index % 2 === 0,
  }));

export interface PracticeApi {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A small HTTP API on this machine to learn with: customers in pages that can be asked for since a time, invoices
 * below each of them, a token, and a limit on the rate of requests.
 */
export async function startPracticeApi(port: number): Promise<PracticeApi> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

let requests = 0;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const send = (status: number, body: JsonValue, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  if (request.headers.authorization !== `Bearer ${practiceToken}`)
    return send(401, { error: `send the header "authorization: Bearer ${practiceToken}"` });
  requests += 1;
  if (requests % 25 === 0) return send(429, { error: 'too many requests' }, { 'retry-after': '1' });
  const [, customer] = /^\/customers\/(\d+)\/invoices$/.exec(url.pathname) ?? [];
  if (customer !== undefined) return send(200, { data: invoicesOf(Number(customer)) });
  if (url.pathname !== '/customers')
    return send(404, { error: 'there are /customers and /customers/{id}/invoices' });
  send(200, pageOf(url));
}

function pageOf(url: URL): JsonValue {
  const since = url.searchParams.get('updated_since') ?? '';
  const page = Number(url.searchParams.get('page') ?? 1);
  const found = customers.filter(({ updated_at: at }) => Date.parse(at) >= (Date.parse(since) || 0));
  const next = new URLSearchParams({
    ...(since === '' ? {} : { updated_since: since }),
    page: String(page + 1),
  });
  return {
    data: found.slice((page - 1) * pageSize, page * pageSize),
    next: page * pageSize < found.length ? `/customers?${next.toString()}` : null,
  };
}
