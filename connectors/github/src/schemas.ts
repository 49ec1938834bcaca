import { s } from '@meltano/sdk';

/** An account as it appears inside other records. */
const account = s.object({
  id: s.integer(),
  ...s.nullable({ login: s.string(), node_id: s.string(), type: s.string(), site_admin: s.boolean() }),
});

/** Which repository a record belongs to; filled in from the parent. */
const ofRepository = s.nullable({ org: s.string(), repo: s.string(), repo_id: s.integer() });

const reactions = s.nullable({ total_count: s.integer() });

export const repository = s.object({
  id: s.integer(),
  ...s.nullable({
    node_id: s.string(),
    name: s.string(),
    full_name: s.string(),
    owner: account,
    private: s.boolean(),
    description: s.string(),
    fork: s.boolean(),
    html_url: s.string(),
    homepage: s.string(),
    language: s.string(),
    default_branch: s.string(),
    visibility: s.string(),
    topics: s.array(s.string()),
    license: s.object(s.nullable({ key: s.string(), name: s.string(), spdx_id: s.string() })),
    size: s.integer(),
    forks_count: s.integer(),
    stargazers_count: s.integer(),
    watchers_count: s.integer(),
    open_issues_count: s.integer(),
    archived: s.boolean(),
    disabled: s.boolean(),
    created_at: s.dateTime(),
    updated_at: s.dateTime(),
    pushed_at: s.dateTime(),
  }),
});

const label = s.object(
  s.nullable({ id: s.integer(), name: s.string(), color: s.string(), description: s.string() }),
);

const milestone = s.object(
  s.nullable({
    id: s.integer(),
    number: s.integer(),
    title: s.string(),
    state: s.string(),
    due_on: s.dateTime(),
    closed_at: s.dateTime(),
  }),
);

const discussed = s.nullable({
  node_id: s.string(),
  number: s.integer(),
  title: s.string(),
  state: s.string(),
  body: s.string(),
  user: account,
  assignees: s.array(account),
  labels: s.array(label),
  milestone,
  locked: s.boolean(),
  html_url: s.string(),
  author_association: s.string(),
  created_at: s.dateTime(),
  closed_at: s.dateTime(),
});

export const issue = s.object({
  id: s.integer(),
  updated_at: s.dateTime(),
  ...ofRepository,
  ...discussed,
  ...s.nullable({
    state_reason: s.string(),
    comments: s.integer(),
    draft: s.boolean(),
    /** Present for issues that are pull requests. */
    pull_request: s.object(s.nullable({ html_url: s.string(), merged_at: s.dateTime() })),
    reactions: s.object(reactions),
  }),
});

const branch = s.object(s.nullable({ label: s.string(), ref: s.string(), sha: s.string() }));

export const pullRequest = s.object({
  id: s.integer(),
  updated_at: s.dateTime(),
  ...ofRepository,
  ...discussed,
  ...s.nullable({
    draft: s.boolean(),
    merged_at: s.dateTime(),
    merge_commit_sha: s.string(),
    requested_reviewers: s.array(account),
    head: branch,
    base: branch,
  }),
});

export const review = s.object({
  id: s.integer(),
  ...ofRepository,
  ...s.nullable({
    pull_number: s.integer(),
    node_id: s.string(),
    user: account,
    body: s.string(),
    state: s.string(),
    html_url: s.string(),
    author_association: s.string(),
    submitted_at: s.dateTime(),
    commit_id: s.string(),
  }),
});

export const comment = s.object({
  id: s.integer(),
  updated_at: s.dateTime(),
  ...ofRepository,
  ...s.nullable({
    node_id: s.string(),
    user: account,
    body: s.string(),
    html_url: s.string(),
    issue_url: s.string(),
    author_association: s.string(),
    created_at: s.dateTime(),
    reactions: s.object(reactions),
  }),
});

const signature = s.object(s.nullable({ name: s.string(), email: s.string(), date: s.dateTime() }));

export const commit = s.object({
  sha: s.string(),
  committed_at: s.dateTime(),
  ...ofRepository,
  ...s.nullable({
    node_id: s.string(),
    html_url: s.string(),
    author: account,
    committer: account,
    commit: s.object(
      s.nullable({
        author: signature,
        committer: signature,
        message: s.string(),
        comment_count: s.integer(),
        tree: s.object(s.nullable({ sha: s.string() })),
        verification: s.object(s.nullable({ verified: s.boolean(), reason: s.string() })),
      }),
    ),
    parents: s.array(s.object(s.nullable({ sha: s.string() }))),
  }),
});

export const release = s.object({
  id: s.integer(),
  ...ofRepository,
  ...s.nullable({
    node_id: s.string(),
    tag_name: s.string(),
    target_commitish: s.string(),
    name: s.string(),
    body: s.string(),
    draft: s.boolean(),
    prerelease: s.boolean(),
    html_url: s.string(),
    author: account,
    created_at: s.dateTime(),
    published_at: s.dateTime(),
    assets: s.array(
      s.object(
        s.nullable({
          id: s.integer(),
          name: s.string(),
          content_type: s.string(),
          size: s.integer(),
          download_count: s.integer(),
          browser_download_url: s.string(),
        }),
      ),
    ),
  }),
});

export const stargazer = s.object({
  user_id: s.integer(),
  repo_id: s.integer(),
  ...s.nullable({ org: s.string(), repo: s.string(), starred_at: s.dateTime(), user: account }),
});

export const repositoryLabel = s.object({
  id: s.integer(),
  ...ofRepository,
  ...s.nullable({
    node_id: s.string(),
    name: s.string(),
    color: s.string(),
    default: s.boolean(),
    description: s.string(),
  }),
});

export const contributor = s.object({
  id: s.integer(),
  repo_id: s.integer(),
  ...s.nullable({
    org: s.string(),
    repo: s.string(),
    login: s.string(),
    type: s.string(),
    contributions: s.integer(),
  }),
});
