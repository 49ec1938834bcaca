import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { convertManifest } from '../low-code/convert-manifest.ts';
import type { AuthoringWorld } from './authoring-world.ts';
import { writeFiles } from './create/write-files.ts';
import { authoringError } from './errors.ts';
import { parseArguments } from './parse-arguments.ts';

const usage = `Usage: meltano-sdk convert MANIFEST [options]

Turns a declarative manifest of Airbyte into one of the low-code format, and lists what it could not take.

Options:
  -o, --output FILE   where to write it: NAME.yaml, or NAME.ts for a connector in code that reads NAME.yaml beside it;
                      default: standard output
  --force             replace files that are there
`;

/** Writes what could be converted; fails only where nothing could. */
export async function convert(args: readonly string[], world: AuthoringWorld): Promise<void> {
  const { values, positionals } = parseArguments(args, options, 'meltano-sdk convert --help');
  const [source] = positionals;
  if (values.help || source === undefined) return world.print(usage);
  const { output, force = false } = values;
  const { manifest, streams, problems } = await convertManifest(resolve(world.cwd, source), source);
  if (manifest === undefined) {
    throw authoringError('not_converted', {
      message: `No stream of ${source} can be converted:\n  ${problems.join('\n  ') || 'it has none'}`,
      hint: 'write the streams in the low-code format, which low-code.schema.json of @meltano/sdk describes, or as a tap in code',
    });
  }
  const left =
    problems.length === 0 ? '' : `# Not taken from ${basename(source)}:\n${problems.map(comment).join('')}`;
  const text = `# yaml-language-server: $schema=./node_modules/@meltano/sdk/low-code.schema.json\n${left}${stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })}`;
  if (output === undefined) world.print(text);
  else writeOutput(output, text, { force, world });
  for (const problem of problems) world.stderr.write(`not taken: ${problem}\n`);
  if (output === undefined) return;
  world.print(`${streams.length} streams in ${output}: ${streams.join(', ')}`);
  world.print(`Next: meltano-sdk run ${output} --config config.json --discover`);
}

const options = {
  output: { type: 'string', short: 'o' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function comment(problem: string): string {
  return problem
    .split('\n')
    .map((line) => `#   ${line}\n`)
    .join('');
}

function writeOutput(
  output: string,
  text: string,
  { force, world }: { readonly force: boolean; readonly world: AuthoringWorld },
): void {
  const [, stem, ending] = /^(.*)\.(ts|ya?ml)$/.exec(basename(output)) ?? [];
  if (stem === undefined || stem === '') {
    throw authoringError('usage', {
      message: `--output ${output} is neither YAML nor TypeScript`,
      hint: 'name a file like acme.yaml or acme.ts',
    });
  }
  const files =
    ending === 'ts'
      ? { [`${stem}.yaml`]: text, [`${stem}.ts`]: connectorCode(stem) }
      : { [basename(output)]: text };
  const folder = dirname(resolve(world.cwd, output));
  const taken = Object.keys(files).find((name) => existsSync(resolve(folder, name)));
  if (taken !== undefined && !force) {
    throw authoringError('folder_not_empty', {
      message: `${taken} is there already`,
      hint: 'name another file, or replace it with --force',
    });
  }
  writeFiles(folder, files);
}

function connectorCode(stem: string): string {
  return `import { join } from 'node:path';
import { manifestConnector } from '@meltano/sdk/low-code/manifest-connector';

const file = '${stem}.yaml';

export default await manifestConnector(join(import.meta.dirname, file), file);
`;
}
