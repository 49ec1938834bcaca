import { settingVariable } from '../../config/config-env.ts';
import { authParts } from './auth-parts.ts';
import { type ProjectChoice, variableOf } from './project-choice.ts';
import { readme } from './readme.ts';
import { sampleCassette } from './sample-cassette.ts';
import type { Files } from './write-files.ts';

/** The connector, its program, its tests and the recording that they replay. */
export function tapFiles(choice: ProjectChoice): Files {
  const { name } = choice;
  const auth = authParts(choice.shape === 'custom' ? 'none' : choice.auth);
  const usesHttp = choice.shape !== 'custom';
  return {
    [`src/${name}.ts`]: usesHttp ? httpTap(choice) : customTap(choice),
    'src/main.ts': mainFile(name),
    [`test/${name}.test.ts`]: usesHttp ? httpTest(choice) : customTest(choice),
    ...(usesHttp ? { [`test/cassettes/${name}.json`]: sampleCassette(choice) } : {}),
    'config.example.json': `${JSON.stringify({ ...auth.example, start_date: '2024-01-01' }, undefined, 2)}\n`,
    'README.md': readme(choice, Object.keys(auth.example)),
  };
}

export function mainFile(name: string): string {
  return `#!/usr/bin/env node
import { assertNodeVersion } from '@meltano/sdk/host/node-version';

assertNodeVersion('${name}');
const { hostConnector } = await import('@meltano/sdk');
const { default: ${variableOf(name)} } = await import('./${name}.ts');
await hostConnector(${variableOf(name)});
`;
}

function httpTap(choice: ProjectChoice): string {
  const { name, label, shape } = choice;
  const auth = authParts(choice.auth);
  const names = [
    ...auth.imports,
    'defineConfig',
    'defineTap',
    ...(shape === 'rest' ? ['nextLink', 'rest'] : ['graphql', 'relayPages']),
    's',
    'setting',
  ];
  return `import { ${names.sort(byName).join(', ')} } from '@meltano/sdk';

const config = defineConfig({
${auth.settings}  start_date: setting.date({ label: 'Start date', description: 'Read what was changed since then.' }),
  api_url: setting.string({
    label: 'API address',
    description: 'Where the API of ${label} is.',
    default: 'https://api.example.com',
  }),
});

// What ids and keys need is there in every record; an API promises little else.
const user = s.object({
  id: s.integer(),
  updated_at: s.dateTime(),
  ...s.nullable({ name: s.string(), email: s.string() }),
});

${shape === 'rest' ? restParts.schema : ''}export default defineTap({
  name: '${name}',
  label: '${label}',
  description: 'Reads ${label}',
  version: '0.1.0',
  config,
  http: ({ config }) => ({
    baseUrl: config.api_url,${auth.http}
  }),
  streams: {
${shape === 'rest' ? restParts.streams : graphqlStreams}  },
});
`;
}

const byName = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

const restParts = {
  schema: `const order = s.object({
  id: s.integer(),
  user_id: s.integer(),
  ...s.nullable({ total: s.number(), placed_at: s.dateTime() }),
});

`,
  streams: `    users: rest({
      path: '/users',
      records: '$.data[*]',
      paginate: nextLink('$.next'),
      keys: ['id'],
      replicationKey: 'updated_at',
      since: 'updated_since',
      schema: user,
    }),
    // Read once for each user that is new or has changed; with \`allRecords: true\` for all in each run.
    orders: rest({
      path: '/users/{user_id}/orders',
      parent: { stream: 'users', fields: { user_id: 'id' } },
      records: '$.data[*]',
      keys: ['id'],
      schema: order,
    }),
`,
};

const graphqlStreams = `    users: graphql({
      path: '/graphql',
      query: \`query ($after: String, $since: DateTime) {
        users(first: 100, after: $after, updatedSince: $since) {
          nodes { id name email updated_at }
          pageInfo { hasNextPage endCursor }
        }
      }\`,
      variables: ({ start }) => (start === undefined ? {} : { since: start }),
      records: '$.data.users.nodes[*]',
      paginate: relayPages('$.data.users.pageInfo'),
      keys: ['id'],
      replicationKey: 'updated_at',
      schema: user,
    }),
`;

function customTap({ name, label }: ProjectChoice): string {
  return `import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, defineStream, defineTap, s, setting } from '@meltano/sdk';

const config = defineConfig({
  folder: setting.string({ label: 'Folder', description: 'The folder whose files are listed.', default: '.' }),
  start_date: setting.date({ label: 'Start date', description: 'Read what was changed since then.' }),
});

const file = s.object({ path: s.string(), size: s.integer(), modified_at: s.dateTime() });

export default defineTap({
  name: '${name}',
  label: '${label}',
  description: 'Reads ${label}',
  version: '0.1.0',
  config,
  streams: ({ config }) => [
    defineStream({
      name: 'files',
      keys: ['path'],
      replicationKey: 'modified_at',
      schema: file,
      // Whatever yields records: a client library, a queue, a file. Arrays of records are faster than single ones.
      async *records() {
        for (const entry of await readdir(config.folder, { withFileTypes: true })) {
          if (!entry.isFile()) continue;
          const { size, mtime } = await stat(join(config.folder, entry.name));
          yield { path: entry.name, size, modified_at: mtime };
        }
      },
    }),
  ],
});
`;
}

function httpTest(choice: ProjectChoice): string {
  const { name } = choice;
  const { example } = authParts(choice.auth);
  const variable = variableOf(name);
  const secrets = Object.keys(example).filter((setting) => example[setting]?.startsWith('secret'));
  const members = Object.entries(example).map(([setting, value]) =>
    secrets.includes(setting)
      ? `  ${setting}: process.env['${settingVariable(name, setting)}'] ?? '${value}',\n`
      : `  ${setting}: '${value}',\n`,
  );
  return `import { after, test } from 'node:test';
import { openCassette } from '@meltano/sdk/http/cassette';
import { registerChecks } from '@meltano/sdk/testing/check';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { createTestClock } from '@meltano/sdk/testing/test-clock';
import ${variable} from '../src/${name}.ts';

const config = {
${members.join('')}  start_date: '2024-01-01',
};

// Answers come from a recording. To record them anew from the real API, whose secrets are not written down:
// ${secrets.map((setting) => `${settingVariable(name, setting)}=… `).join('')}MELTANO_SDK_RECORD=1 npm test
const cassette = openCassette(new URL('./cassettes/${name}.json', import.meta.url).pathname, {
  secrets: [${secrets.map((setting) => `config.${setting}`).join(', ')}],
});
after(() => cassette.save());

registerChecks(
  tapSuite({
    tap: ${variable},
    config,
    world: { clock: () => createTestClock('2024-06-01T00:00:00Z'), fetch: cassette.fetch },
  }),
  test,
);
`;
}

function customTest({ name }: ProjectChoice): string {
  const variable = variableOf(name);
  return `import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { registerChecks } from '@meltano/sdk/testing/check';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import ${variable} from '../src/${name}.ts';

const folder = mkdtempSync(join(tmpdir(), '${name}-'));
for (const file of ['a.txt', 'b.txt']) writeFileSync(join(folder, file), file);

registerChecks(tapSuite({ tap: ${variable}, config: { folder }, invalidConfig: { start_date: 'soon' } }), test);
`;
}
