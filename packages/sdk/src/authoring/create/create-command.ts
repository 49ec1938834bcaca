import { resolve } from 'node:path';
import { type Asker, choose, createAsker } from '../ask.ts';
import type { AuthoringWorld } from '../authoring-world.ts';
import { parseArguments } from '../parse-arguments.ts';
import {
  auths,
  type ConnectorKind,
  connectorName,
  labelOf,
  type ProjectChoice,
  shapes,
} from './project-choice.ts';
import { projectFiles } from './project-files.ts';
import { assertEmpty, writeFiles } from './write-files.ts';

const options = {
  name: { type: 'string' },
  label: { type: 'string' },
  shape: { type: 'string' },
  auth: { type: 'string' },
  folder: { type: 'string' },
  sdk: { type: 'string' },
  'no-ci': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What `npm create @meltano/<kind>` prints for --help. */
function usage(kind: ConnectorKind): string {
  return `Usage: npm create @meltano/${kind} [NAME] [-- options]

Makes the repository of a Singer ${kind}: connector, tests, README, CI. It passes its tests at once.

Options:
  --name NAME      name of the program and the package, e.g. ${connectorName(kind, 'acme')}
  --label LABEL    name for people, e.g. Acme
${
  kind === 'tap'
    ? `  --shape SHAPE    ${shapes.join(', ')}
  --auth AUTH      ${auths.join(', ')}
`
    : ''
}  --folder FOLDER  where to put it; default: a new folder of that name
  --no-ci          without a workflow for GitHub
  --yes            ask nothing, take the defaults
`;
}

/** Asks what is not given, writes the files, says what to type next. Nothing is written before all is known. */
export async function createConnector(
  kind: ConnectorKind,
  args: readonly string[],
  world: AuthoringWorld,
): Promise<void> {
  const { values, positionals } = parseArguments(args, options, '--help');
  if (values.help) return world.print(usage(kind));
  const asker = createAsker(world, values.yes === true);
  try {
    const choice = await chosen(kind, { ...values, name: values.name ?? positionals[0] }, asker);
    const folder = resolve(world.cwd, values.folder ?? choice.name);
    assertEmpty(folder);
    writeFiles(folder, projectFiles(choice, values.sdk ?? `^${world.sdkVersion}`));
    world.print(nextSteps(choice, values.folder ?? choice.name));
  } finally {
    asker.close();
  }
}

type Parsed = ReturnType<typeof parseArguments<typeof options>>['values'];
type Given = { readonly [K in keyof Parsed]?: Parsed[K] | undefined };

async function chosen(kind: ConnectorKind, given: Given, asker: Asker): Promise<ProjectChoice> {
  const name = await asker.ask({
    question: `Name of the ${kind}`,
    given: given.name,
    option: '--name',
    parse: (text) => connectorName(kind, text),
  });
  const label = await asker.ask({
    question: 'Name for people',
    given: given.label,
    option: '--label',
    initial: labelOf(kind, name),
    parse: (text) => text.replaceAll(/['\n\\]/g, ' ').trim(),
  });
  const isTap = kind === 'tap';
  const shape = isTap
    ? await asker.ask({
        ...choose('Kind of source', shapes),
        given: given.shape,
        option: '--shape',
        initial: 'rest',
      })
    : 'custom';
  const auth =
    isTap && shape !== 'custom'
      ? await asker.ask({
          ...choose('Authentication', auths),
          given: given.auth,
          option: '--auth',
          initial: 'bearer',
        })
      : 'none';
  return { kind, name, label, shape, auth, ci: given['no-ci'] !== true };
}

function nextSteps({ name, kind }: ProjectChoice, folder: string): string {
  return `Made ${name} in ${folder}. Now:

  cd ${folder}
  npm install
  npm test

The ${kind} is src/${name}.ts; README.md says how to run it.
`;
}
