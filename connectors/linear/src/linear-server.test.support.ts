import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { type ApiServer, type Received, type Reply, startApiServer } from '@meltano/sdk/testing/api-server';

export const origin = 'https://api.linear.app';
/** Pages are small, whatever the client asks for, so that there are some. */
const pageSize = 3;

const at = (day: number) => new Date(Date.UTC(2024, 0, day)).toISOString();
const base = (kind: string, n: number) => ({
  id: `${kind}-${n}`,
  createdAt: at(1),
  updatedAt: at(n),
  archivedAt: n === 2 ? at(3) : null,
});

const many = (kind: string, count: number, more: (n: number) => JsonObject): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({ ...base(kind, index + 1), ...more(index + 1) }));

const team = { id: 'team-1' };
const connections: Readonly<Record<string, readonly JsonObject[]>> = {
  issues: many('issue', 7, (n) => ({
    identifier: `ENG-${n}`,
    number: n,
    title: `Issue ${n}`,
    priority: 2,
    estimate: n / 2,
    dueDate: '2024-03-01',
    team,
    assignee: n === 1 ? null : { id: 'user-1' },
  })),
  comments: many('comment', 2, (n) => ({ body: `Comment ${n}`, issue: { id: 'issue-1' } })),
  cycles: many('cycle', 1, (n) => ({ number: n, startsAt: at(1), progress: 0.5, team })),
  issueLabels: many('label', 1, () => ({ name: 'bug', color: '#f00', team: null })),
  projects: many('project', 1, () => ({
    name: 'Launch',
    progress: 0.25,
    startDate: '2024-01-05',
    lead: { id: 'user-1' },
  })),
  teams: many('team', 1, () => ({ name: 'Engineering', key: 'ENG', cycleDuration: 2 })),
  users: many('user', 1, () => ({ name: 'Ada', email: 'ada@example.com', active: true })),
  workflowStates: many('state', 1, () => ({ name: 'Todo', type: 'unstarted', position: 0, team })),
};

/**
 * A server that speaks Linear's documented shapes: Relay pages newest first, filters on `updatedAt`, selection sets,
 * errors with status 400, and rate limits as a GraphQL error. Not a copy of Linear: what tap-linear needs of it.
 */
export function startLinearServer(): Promise<ApiServer> {
  let limited = false;
  return startApiServer((request) => {
    if (!limited && request.body.includes('issues(') && request.body.includes('"after"')) {
      limited = true;
      return {
        status: 400,
        json: { errors: [{ message: 'Rate limit exceeded', extensions: { code: 'RATELIMITED' } }] },
      };
    }
    return answer(request);
  });
}

function answer({ headers, body }: Received): Reply {
  if (headers.authorization !== 'lin_api_good') {
    return {
      status: 401,
      json: {
        errors: [{ message: 'Authentication required', extensions: { code: 'AUTHENTICATION_ERROR' } }],
      },
    };
  }
  const { query, variables } = JSON.parse(body) as { query: string; variables: JsonObject };
  const [, name = ''] = /\{\s*(\w+)\(/.exec(query) ?? [];
  const nodes = connections[name];
  if (nodes === undefined) return refused(`Cannot query field "${name}" on type "Query".`);
  const fields = /nodes \{ (.*) \}\s+pageInfo/.exec(query)?.[1] ?? '';
  return { json: { data: { [name]: connection(nodes, fields, variables) } } };
}

const refused = (message: string): Reply => ({
  status: 400,
  json: { errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
});

function connection(nodes: readonly JsonObject[], fields: string, variables: JsonObject): JsonObject {
  const since = ((variables['filter'] as JsonObject | undefined)?.['updatedAt'] as JsonObject | undefined)?.[
    'gte'
  ];
  const found = nodes
    .filter(
      ({ updatedAt }) => since === undefined || Date.parse(String(updatedAt)) >= Date.parse(String(since)),
    )
    .toReversed();
  const start = Number(variables['after'] ?? 0);
  return {
    nodes: found.slice(start, start + pageSize).map((node) => picked(node, fields)),
    pageInfo: { hasNextPage: start + pageSize < found.length, endCursor: String(start + pageSize) },
  };
}

/** Only what the selection set names, as GraphQL does; one level of nesting is enough here. */
function picked(node: JsonObject, fields: string): JsonObject {
  const names = fields
    .replaceAll(/\{[^}]*\}/g, '')
    .split(/\s+/)
    .filter((name) => name !== '');
  return Object.fromEntries(names.map((name) => [name, (node[name] ?? null) as JsonValue]));
}
