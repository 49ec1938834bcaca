import { apiKey, defineTap, graphql, type RestOptions, relayPages } from '@meltano/sdk';
import { linearConfig } from './config.ts';
import { fieldsOf } from './fields.ts';
import * as schemas from './schemas.ts';

/** One of Linear's connections: what has changed since the last run, archived objects included. */
function connection<R>(name: string, filter: string, schema: RestOptions<R>['schema']) {
  return graphql<R>({
    query: `query ($first: Int, $after: String, $filter: ${filter}) {
      ${name}(first: $first, after: $after, filter: $filter, includeArchived: true, orderBy: updatedAt) {
        nodes { ${fieldsOf(schema)} }
        pageInfo { hasNextPage endCursor }
      }
    }`,
    variables: ({ start }) => ({
      first: 100,
      ...(start === undefined ? {} : { filter: { updatedAt: { gte: start } } }),
    }),
    records: `$.data.${name}.nodes[*]`,
    paginate: relayPages(`$.data.${name}.pageInfo`),
    keys: ['id'],
    replicationKey: 'updatedAt',
    schema,
  });
}

export const tapLinear = defineTap({
  name: 'tap-linear',
  label: 'Linear',
  description: 'Issues, projects, cycles, comments and more from the Linear GraphQL API',
  version: '0.1.0',
  settingsGroups: [['auth_token']],
  definition: { keywords: ['api', 'native'] },
  config: linearConfig,
  concurrency: 2,
  http: ({ config }) => ({
    baseUrl: config.api_url,
    // A personal key stands on its own, without "Bearer".
    auth: apiKey({ header: 'authorization' }, config.auth_token),
  }),
  streams: {
    comments: connection('comments', 'CommentFilter', schemas.comment),
    cycles: connection('cycles', 'CycleFilter', schemas.cycle),
    issues: connection('issues', 'IssueFilter', schemas.issue),
    labels: connection('issueLabels', 'IssueLabelFilter', schemas.label),
    projects: connection('projects', 'ProjectFilter', schemas.project),
    teams: connection('teams', 'TeamFilter', schemas.team),
    users: connection('users', 'UserFilter', schemas.user),
    workflow_states: connection('workflowStates', 'WorkflowStateFilter', schemas.workflowState),
  },
});
