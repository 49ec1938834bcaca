import { bearer, defineTap, type ErrorRule, linkHeader, type RestOptions, rest } from '@meltano/sdk';
import { githubConfig } from './config.ts';
import * as schemas from './schemas.ts';

const onError: readonly ErrorRule[] = [
  { status: [403, 429], body: /rate limit/i, action: 'retry' },
  // No such repository any more, an empty one, a feature that is switched off, one taken down by law.
  { status: [404, 409, 410, 451], action: 'skip' },
];

const distinct = (names: readonly unknown[]) => [...new Set(names.map(String))];

/** A list below each repository. */
function ofRepository<R>(path: string, options: Omit<RestOptions<R>, 'path'>) {
  return rest<R>({
    path: `/repos/{org}/{repo}/${path}`,
    parent: { stream: 'repositories', fields: { org: 'owner.login', repo: 'name', repo_id: 'id' } },
    params: { per_page: 100 },
    paginate: linkHeader(),
    keys: ['id'],
    ...options,
  });
}

/** In all states, longest unchanged first: a run that is broken off goes on where it was. */
const byUpdate = { state: 'all', sort: 'updated', direction: 'asc', per_page: 100 };
const updated = { params: byUpdate, replicationKey: 'updated_at', sorted: true } as const;

export const tapGithub = defineTap({
  name: 'tap-github',
  label: 'GitHub',
  description: 'Repositories, issues, pull requests, commits and more from the GitHub REST API',
  version: '0.1.0',
  settingsGroups: [['repositories'], ['organizations'], ['user_usernames']],
  definition: { keywords: ['api', 'native'] },
  config: githubConfig,
  concurrency: 4,
  http: ({ config }) => ({
    baseUrl: config.api_url,
    auth: bearer(config.auth_token),
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    onError,
  }),
  streams: ({ config: { repositories = [], organizations = [], user_usernames: users = [] } }) => ({
    repositories: rest({
      path: '/{+source}',
      partitions: [
        ...distinct(repositories).map((name) => ({ source: `repos/${name}` })),
        ...distinct(organizations).map((name) => ({ source: `orgs/${name}/repos` })),
        ...distinct(users).map((name) => ({ source: `users/${name}/repos` })),
      ],
      params: { per_page: 100 },
      paginate: linkHeader(),
      keys: ['id'],
      schema: schemas.repository,
    }),
    issues: ofRepository('issues', { ...updated, since: 'since', schema: schemas.issue }),
    issue_comments: ofRepository('issues/comments', { ...updated, since: 'since', schema: schemas.comment }),
    pull_requests: ofRepository('pulls', { ...updated, schema: schemas.pullRequest }),
    reviews: ofRepository('pulls/{pull_number}/reviews', {
      parent: { stream: 'pull_requests', fields: { pull_number: 'number' } },
      schema: schemas.review,
    }),
    commits: ofRepository('commits', {
      add: { committed_at: 'commit.committer.date' },
      keys: ['sha'],
      replicationKey: 'committed_at',
      since: 'since',
      schema: schemas.commit,
    }),
    releases: ofRepository('releases', { schema: schemas.release }),
    labels: ofRepository('labels', { schema: schemas.repositoryLabel }),
    contributors: ofRepository('contributors', {
      keys: ['repo_id', 'id'],
      // GitHub does not list those of the largest repositories.
      onError: [{ status: 403, body: /too large/i, action: 'skip' }],
      schema: schemas.contributor,
    }),
    stargazers: ofRepository('stargazers', {
      add: { user_id: 'user.id' },
      headers: { accept: 'application/vnd.github.star+json' },
      keys: ['repo_id', 'user_id'],
      schema: schemas.stargazer,
    }),
  }),
});
