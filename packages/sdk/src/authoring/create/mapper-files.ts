import { type ProjectChoice, variableOf } from './project-choice.ts';
import { readme } from './readme.ts';
import { mainFile } from './tap-files.ts';
import type { Files } from './write-files.ts';

/** A mapper that changes records by a function. */
export function mapperFiles(choice: ProjectChoice): Files {
  const { name, label } = choice;
  const variable = variableOf(name);
  return {
    [`src/${name}.ts`]: `import { defineConfig, defineMapper, type RecordItem, setting } from '@meltano/sdk';

const config = defineConfig({
  column: setting.string({ label: 'Column', description: 'The column to put into small letters.', default: 'email' }),
});

export default defineMapper({
  name: '${name}',
  label: '${label}',
  description: 'Puts a column of every stream into small letters',
  version: '0.1.0',
  config,
  open: ({ config: { column } }) => ({
    // Items come in their order: schemas, batches of records, states. One item may become none, or several.
    map: (item: RecordItem) => {
      if (item.kind !== 'records') return [item];
      const records = item.records.map((record) => {
        const value = record[column];
        return typeof value === 'string' ? { ...record, [column]: value.toLowerCase() } : record;
      });
      return [{ ...item, records }];
    },
    close: async () => {},
  }),
});
`,
    'src/main.ts': mainFile(name),
    [`test/${name}.test.ts`]: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runConnectorProgram } from '@meltano/sdk/testing/program-run';
import ${variable} from '../src/${name}.ts';

const messages = [
  { type: 'SCHEMA', stream: 'users', schema: { properties: { id: {}, email: {} } }, key_properties: ['id'] },
  { type: 'RECORD', stream: 'users', record: { id: 1, email: 'Ada@Example.com' } },
  { type: 'STATE', value: { at: 1 } },
];

test('puts the column into small letters and lets everything else through', async () => {
  const stdin = messages.map((message) => \`\${JSON.stringify(message)}\\n\`);
  const run = await runConnectorProgram(${variable}, { files: { config: {} }, stdin });
  assert.equal(run.code, 0, run.stderr);
  const out = run.stdout.trim().split('\\n').map((line) => JSON.parse(line));
  assert.deepEqual(out.map(({ type }) => type), ['SCHEMA', 'RECORD', 'STATE']);
  assert.equal(out[1].record.email, 'ada@example.com');
});
`,
    'README.md': readme(choice, [], mappings(name)),
  };
}

/** A mapper runs by the name of one of its mappings. */
function mappings(name: string): string {
  return `
A mapper is used by its mappings: settings under a name of their own, which is a step of a run. Add them to its entry in \`meltano.yml\`:

\`\`\`yaml
plugins:
  mappers:
  - name: ${name}
    # … what meltano add has written
    mappings:
    - name: small-letters
      config:
        column: email
\`\`\`

\`\`\`sh
meltano run tap-… small-letters target-…
\`\`\`
`;
}
