import { settingVariable } from '../../config/config-env.ts';
import type { AuthParts } from '../create/auth-parts.ts';
import { commonFiles } from '../create/common-files.ts';
import { type ProjectChoice, variableOf } from '../create/project-choice.ts';
import { readme } from '../create/readme.ts';
import { mainFile } from '../create/tap-files.ts';
import type { Files } from '../create/write-files.ts';
import { quoted } from './quoted.ts';

export interface ApiTap {
  readonly choice: ProjectChoice;
  readonly auth: AuthParts;
  readonly baseUrl: string;
  readonly sdkVersion: string;
}

/** What is beside the generated streams: it is written once, and then belongs to its author. */
export function openapiFiles({ choice, auth, baseUrl, sdkVersion }: ApiTap): Files {
  const { name } = choice;
  return {
    ...commonFiles(choice, sdkVersion),
    [`src/${name}.ts`]: tapText(choice, auth, baseUrl),
    'src/main.ts': mainFile(name),
    [`test/${name}.test.ts`]: testText(name, auth),
    'config.example.json': `${JSON.stringify({ ...auth.example, start_date: '2024-01-01' }, undefined, 2)}\n`,
    'README.md': readme(choice, Object.keys(auth.example)),
  };
}

function tapText({ name, label }: ProjectChoice, auth: AuthParts, baseUrl: string): string {
  const imports = [...auth.imports, 'defineConfig', 'defineTap', 'setting'].sort();
  return `import { ${imports.join(', ')} } from '@meltano/sdk';
import { generatedStreams } from './generated-streams.ts';

const config = defineConfig({
${auth.settings}  start_date: setting.date({ label: 'Start date', description: 'Read what was changed since then.' }),
  api_url: setting.string({
    label: 'API address',
    description: 'Where the API is.',
    default: ${quoted(baseUrl)},
  }),
});

export default defineTap({
  name: ${quoted(name)},
  label: ${quoted(label)},
  description: ${quoted(`Reads ${label}`)},
  version: '0.1.0',
  config,
  http: ({ config }) => ({
    baseUrl: config.api_url,${auth.http}
  }),
  streams: {
    ...generatedStreams,
    // A stream with changes takes the place of the generated one:
    // users: rest({ ...generatedOptions.users, paginate: linkHeader() }),
    // One whose path names what no other stream gives is added with its partitions:
    // members: rest({ ...generatedOptions.members, partitions: [{ org: 'acme' }] }),
  },
});
`;
}

function testText(name: string, { example }: AuthParts): string {
  const variable = variableOf(name);
  const secrets = Object.keys(example).filter((setting) => example[setting]?.startsWith('secret'));
  const members = Object.entries(example).map(([setting, value]) =>
    secrets.includes(setting)
      ? `  ${setting}: process.env['${settingVariable(name, setting)}'] ?? '${value}',\n`
      : `  ${setting}: '${value}',\n`,
  );
  return `import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { openCassette } from '@meltano/sdk/http/cassette';
import { registerChecks } from '@meltano/sdk/testing/check';
import { runConnectorProgram } from '@meltano/sdk/testing/program-run';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { createTestClock } from '@meltano/sdk/testing/test-clock';
import ${variable} from '../src/${name}.ts';

const config = {
${members.join('')}  start_date: '2024-01-01',
};

test('discovers its streams', async () => {
  const run = await runConnectorProgram(${variable}, { files: { config }, args: ['--discover'] });
  assert.equal(run.code, 0, run.stderr);
  assert.notEqual(JSON.parse(run.stdout).streams.length, 0);
});

// The standard suite needs a recording of the real API, into which no secrets are written. To make one:
// ${secrets.map((setting) => `${settingVariable(name, setting)}=… `).join('')}MELTANO_SDK_RECORD=1 npm test
const recording = new URL('./cassettes/${name}.json', import.meta.url).pathname;
if (existsSync(recording) || process.env['MELTANO_SDK_RECORD'] === '1') {
  const cassette = openCassette(recording, { secrets: [${secrets.map((setting) => `config.${setting}`).join(', ')}] });
  after(() => cassette.save());
  registerChecks(
    tapSuite({
      tap: ${variable},
      config,
      world: { clock: () => createTestClock('2024-06-01T00:00:00Z'), fetch: cassette.fetch },
    }),
    test,
  );
} else test.skip('passes the standard suite (skipped: there is no recording yet)', () => {});
`;
}
