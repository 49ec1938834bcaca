import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { ProjectChoice } from './project-choice.ts';

const origin = 'https://api.example.com';

const users = [
  { id: 1, name: 'Ada', email: 'ada@example.com', updated_at: '2024-02-01T10:00:00Z' },
  { id: 2, name: 'Bob', email: null, updated_at: '2024-03-01T10:00:00Z' },
  { id: 3, name: 'Cleo', email: 'cleo@example.com', updated_at: '2024-04-01T10:00:00Z' },
];

interface Exchange {
  readonly request: { readonly method: string; readonly url: string; readonly body?: JsonValue };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly json: JsonValue;
  };
}

function exchange(method: string, path: string, json: JsonValue, body?: JsonValue): Exchange {
  return {
    request: { method, url: `${origin}${path}`, ...(body === undefined ? {} : { body }) },
    response: { status: 200, headers: { 'content-type': 'application/json' }, json },
  };
}

/** A recording that the connector of the template replays, as if it had been made. */
export function sampleCassette(choice: ProjectChoice): string {
  const exchanges = [
    ...(choice.auth === 'oauth' ? [tokenExchange] : []),
    ...(choice.shape === 'graphql' ? graphqlExchanges() : restExchanges()),
  ];
  return `${JSON.stringify({ version: 1, exchanges }, undefined, 2)}\n`;
}

const tokenExchange = exchange(
  'POST',
  '/oauth/token',
  { access_token: '(secret)', token_type: 'Bearer', expires_in: 3_600 },
  'grant_type=refresh_token&refresh_token=(secret)&client_id=client&client_secret=(secret)',
);

function restExchanges(): readonly Exchange[] {
  const since = (text: string) => `/users?updated_since=${encodeURIComponent(text)}`;
  const orders = (user: number) =>
    user === 2 ? [] : [{ id: user * 10, user_id: user, total: 12.5, placed_at: '2024-05-01T08:00:00Z' }];
  return [
    exchange('GET', since('2024-01-01'), { data: users.slice(0, 2), next: '/users?page=2' }),
    exchange('GET', '/users?page=2', { data: users.slice(2), next: null }),
    // Runs that go on from a state.
    ...users.map((user, at) =>
      exchange('GET', since(user.updated_at), { data: users.slice(at), next: null }),
    ),
    ...users.map(({ id }) => exchange('GET', `/users/${id}/orders`, { data: orders(id) })),
  ];
}

const query = `query ($after: String, $since: DateTime) {
        users(first: 100, after: $after, updatedSince: $since) {
          nodes { id name email updated_at }
          pageInfo { hasNextPage endCursor }
        }
      }`;

function graphqlExchanges(): readonly Exchange[] {
  const page = (nodes: readonly JsonObject[], endCursor: string | null) => ({
    data: { users: { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } } },
  });
  const post = (variables: JsonObject, json: JsonValue) =>
    exchange('POST', '/graphql', json, { query, variables });
  return [
    post({ since: '2024-01-01' }, page(users.slice(0, 2), 'c2')),
    post({ since: '2024-01-01', after: 'c2' }, page(users.slice(2), null)),
    ...users.map((user, at) => post({ since: user.updated_at }, page(users.slice(at), null))),
  ];
}
