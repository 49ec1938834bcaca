import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { type ApiServer, type Received, type Reply, startApiServer } from '@meltano/sdk/testing/api-server';

const origin = 'https://api.github.com';
/** Pages are small, whatever the client asks for, so that there are some. */
const pageSize = 3;

const account = (id: number, login: string) => ({
  id,
  login,
  node_id: `U_${id}`,
  type: 'User',
  site_admin: false,
  followers_url: 'x',
});
const acme = { ...account(1, 'acme'), type: 'Organization' };
const at = (day: number) => new Date(Date.UTC(2024, 0, day)).toISOString().replace('.000', '');

function repository(id: number, name: string): JsonObject {
  return {
    id,
    node_id: `R_${id}`,
    name,
    full_name: `acme/${name}`,
    owner: acme,
    private: false,
    description: null,
    topics: ['data'],
    license: { key: 'mit', name: 'MIT License', spdx_id: 'MIT', url: 'x' },
    stargazers_count: 2,
    created_at: at(1),
    updated_at: at(9),
    pushed_at: at(9),
    permissions: { admin: false },
  };
}

const issues = (name: string): readonly JsonObject[] =>
  Array.from({ length: 8 }, (_, index) => ({
    id: (name === 'web' ? 1_000 : 2_000) + index,
    number: index + 1,
    title: `Issue ${index}`,
    state: index % 2 === 0 ? 'open' : 'closed',
    body: null,
    user: account(7, 'ada'),
    labels: [{ id: 5 + idsOf(name), name: 'bug', color: 'f00', description: null, default: true }],
    assignees: [],
    comments: index,
    ...(index === 3 ? { pull_request: { html_url: 'https://github.com/x', merged_at: null } } : {}),
    created_at: at(1),
    updated_at: at(index + 1),
    closed_at: null,
  }));

const pulls: readonly JsonObject[] = [1, 2, 3, 4].map((number) => ({
  id: 3_000 + number,
  number,
  state: 'closed',
  title: `Pull ${number}`,
  user: account(8, 'bob'),
  head: { label: 'acme:x', ref: 'x', sha: 'abc', repo: null },
  merged_at: number === 2 ? at(3) : null,
  created_at: at(1),
  updated_at: at(number),
}));

const commits = (name: string): readonly JsonObject[] =>
  [4, 3, 2, 1].map((day) => ({
    sha: `${name}${day}`,
    node_id: `C_${day}`,
    author: account(7, 'ada'),
    committer: null,
    commit: {
      message: `Change ${day}`,
      committer: { name: 'Ada', email: 'a@x', date: at(day) },
      comment_count: 0,
    },
    parents: [],
  }));

/** Ids are unique on the whole service. */
const idsOf = (name: string) => (name === 'web' ? 0 : 100);

/** Lists by the path below `/repos/acme/<name>`. */
function listOf(name: string, path: string): readonly JsonObject[] | undefined {
  if (name === 'gone') return undefined;
  if (/^pulls\/\d+\/reviews$/.test(path)) {
    const pull = Number(path.split('/')[1]);
    return pull === 1
      ? [{ id: 4_001, user: account(7, 'ada'), state: 'APPROVED', submitted_at: at(2), commit_id: 'abc' }]
      : [];
  }
  const lists: Readonly<Record<string, readonly JsonObject[]>> = {
    issues: issues(name),
    'issues/comments': [
      {
        id: 6_001 + idsOf(name),
        user: account(7, 'ada'),
        body: 'Nice',
        created_at: at(2),
        updated_at: at(2),
      },
    ],
    pulls: name === 'web' ? pulls : [],
    commits: commits(name),
    releases: [
      {
        id: 7_001 + idsOf(name),
        tag_name: 'v1',
        name: 'One',
        draft: false,
        assets: [{ id: 1, name: 'a.zip', size: 3 }],
        published_at: at(5),
      },
    ],
    labels: [{ id: 5 + idsOf(name), name: 'bug', color: 'f00', default: true }],
    contributors: [{ ...account(7, 'ada'), contributions: 12 }],
    stargazers: [7, 8].map((id) => ({ starred_at: at(id), user: account(id, `star${id}`) })),
  };
  return lists[path];
}

export interface GithubServer extends ApiServer {
  readonly origin: string;
}

/**
 * A server that speaks GitHub's documented shapes: pages by the Link header, `since`, sorting, rate limits, the
 * statuses of empty, closed and missing repositories. Not a copy of GitHub: what tap-github needs of it.
 */
export async function startGithubServer(): Promise<GithubServer> {
  const limited = new Set<string>();
  const server = await startApiServer((request) => answer(request, limited));
  return { ...server, origin };
}

function answer(request: Received, limited: Set<string>): Reply {
  const { headers, query } = request;
  if (headers['user-agent'] === undefined)
    return { status: 403, text: 'Request forbidden by administrative rules.' };
  if (headers.authorization !== undefined && headers.authorization !== 'Bearer ghp_good')
    return { status: 401, json: { message: 'Bad credentials' } };
  const path = request.url.split('?')[0] ?? '';
  // Each list of the second page is refused once: a secondary rate limit.
  if (query.get('page') === '2' && path.endsWith('/issues') && !limited.has(path)) {
    limited.add(path);
    return {
      status: 403,
      headers: { 'retry-after': '0' },
      json: { message: 'You have exceeded a secondary rate limit.' },
    };
  }
  if (path === '/orgs/acme/repos') return page(request, [repository(11, 'web'), repository(12, 'empty')]);
  const [, name = '', rest] = /^\/repos\/acme\/([\w-]+)(?:\/(.+))?$/.exec(path) ?? [];
  if (name === 'gone' || name === '') return { status: 404, json: { message: 'Not Found' } };
  if (rest === undefined) return { json: repository(13, name) };
  if (name === 'empty' && rest === 'commits')
    return { status: 409, json: { message: 'Git Repository is empty.' } };
  if (name === 'empty' && rest.startsWith('issues'))
    return { status: 410, json: { message: 'Issues are disabled' } };
  if (name === 'empty' && rest === 'contributors') return { status: 204 };
  if (name === 'huge' && rest === 'contributors') {
    const message =
      'The history or contributor list is too large to list contributors for this repository via the API.';
    return { status: 403, json: { message } };
  }
  const list = listOf(name, rest);
  if (list === undefined) return { status: 404, json: { message: 'Not Found' } };
  return page(request, selected(list, query, rest));
}

function selected(list: readonly JsonObject[], query: URLSearchParams, path: string): readonly JsonObject[] {
  const since = query.get('since');
  const timeOf = (item: JsonObject) =>
    path === 'commits'
      ? (item as { commit: { committer: { date: string } } }).commit.committer.date
      : String(item['updated_at']);
  const all =
    query.get('state') === 'all' ||
    path === 'commits' ||
    path.includes('/') ||
    !['issues', 'pulls'].includes(path);
  return list
    .filter((item) => all || item['state'] === 'open')
    .filter((item) => since === null || Date.parse(timeOf(item)) >= Date.parse(since));
}

function page({ url, query }: Received, list: readonly JsonValue[]): Reply {
  const number = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(list.length / pageSize));
  const link = (to: number, rel: string) => {
    const address = new URL(url, origin);
    address.searchParams.set('page', String(to));
    return `<${address.href}>; rel="${rel}"`;
  };
  return {
    json: list.slice((number - 1) * pageSize, number * pageSize),
    headers: {
      'x-ratelimit-remaining': '4999',
      ...(number < last ? { link: [link(number + 1, 'next'), link(last, 'last')].join(', ') } : {}),
    },
  };
}
