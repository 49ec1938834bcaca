import { type ProjectChoice, variableOf } from './project-choice.ts';
import { readme } from './readme.ts';
import { mainFile } from './tap-files.ts';
import type { Files } from './write-files.ts';

/** A target that sends batches of records to an HTTP API. */
export function targetFiles(choice: ProjectChoice): Files {
  const { name } = choice;
  return {
    [`src/${name}.ts`]: target(choice),
    'src/main.ts': mainFile(name),
    [`test/${name}.test.ts`]: test(choice),
    'config.example.json': `${JSON.stringify({ token: 'secret-token', api_url: 'https://api.example.com' }, undefined, 2)}\n`,
    'README.md': readme(choice, ['token']),
  };
}

function target({ name, label }: ProjectChoice): string {
  return `import { defineConfig, defineTarget, setting } from '@meltano/sdk';

const config = defineConfig({
  token: setting.secret({ label: 'Token', description: 'An access token.', required: true }),
  api_url: setting.string({
    label: 'API address',
    description: 'Where the API of ${label} is.',
    default: 'https://api.example.com',
  }),
});

export default defineTarget({
  name: '${name}',
  label: '${label}',
  description: 'Loads into ${label}',
  version: '0.1.0',
  config,
  // One sink for each stream. Records have been checked against the schema of the stream before they come here, and
  // its state is acknowledged when write has resolved.
  sink: ({ name: stream }, { config, fetch: send = fetch }) => ({
    async write(rows, batch) {
      const response = await send(\`\${config.api_url}/\${stream}\`, {
        method: 'POST',
        headers: {
          authorization: \`Bearer \${config.token}\`,
          'content-type': 'application/json',
          // A batch that is sent again counts once.
          'idempotency-key': batch.id,
        },
        body: JSON.stringify(rows),
      });
      if (!response.ok) throw new Error(\`POST /\${stream}: HTTP \${response.status}\`);
    },
  }),
});
`;
}

function test({ name }: ProjectChoice): string {
  const variable = variableOf(name);
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runConnectorProgram } from '@meltano/sdk/testing/program-run';
import ${variable} from '../src/${name}.ts';

const messages = [
  {
    type: 'SCHEMA',
    stream: 'users',
    schema: { properties: { id: { type: 'integer' }, name: { type: ['string', 'null'] } } },
    key_properties: ['id'],
  },
  { type: 'RECORD', stream: 'users', record: { id: 1, name: 'Ada' } },
  { type: 'RECORD', stream: 'users', record: { id: 2, name: null } },
  { type: 'STATE', value: { at: 2 } },
];

const load = (send: typeof fetch) =>
  runConnectorProgram(${variable}, {
    files: { config: { token: 'secret-token' } },
    stdin: messages.map((message) => \`\${JSON.stringify(message)}\\n\`),
    fetch: send,
  });

test('sends the records of a stream, then acknowledges the state', async () => {
  const sent: unknown[] = [];
  const run = await load(async (url, init) => {
    sent.push([String(url), JSON.parse(String(init?.body))]);
    return new Response(null, { status: 204 });
  });
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(sent, [
    ['https://api.example.com/users', [{ id: 1, name: 'Ada' }, { id: 2, name: null }]],
  ]);
  assert.equal(run.stdout, '{"at":2}\\n');
});

test('acknowledges nothing when the API refuses, and does not show the token', async () => {
  const run = await load(async () => new Response('no', { status: 403 }));
  assert.equal(run.code, 1);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /HTTP 403/);
  assert.doesNotMatch(run.stderr, /secret-token/);
});
`;
}
