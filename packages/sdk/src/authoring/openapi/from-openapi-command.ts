import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonValue } from '@meltano/foundation/json';
import type { AuthoringWorld } from '../authoring-world.ts';
import { connectorName, labelOf, type ProjectChoice } from '../create/project-choice.ts';
import { assertEmpty, writeFiles } from '../create/write-files.ts';
import { authoringError } from '../errors.ts';
import { parseArguments } from '../parse-arguments.ts';
import { apiAuth } from './api-auth.ts';
import { type ApiDocument, readApiDocument } from './api-document.ts';
import { openapiFiles } from './openapi-files.ts';
import { planApiStreams, type StreamPlans } from './plan-streams.ts';
import { renderStreams } from './render-streams.ts';

const usage = `Usage: meltano-sdk from-openapi FILE|URL [options]

Makes a tap of a document of OpenAPI 3.0, 3.1 or Swagger 2.0, as JSON or YAML. In a folder that has a tap already only
src/generated-streams.ts is written anew.

Options:
  --name NAME      name of the program and the package; default: made of the document's title
  --folder FOLDER  where to put it; default: a new folder of that name
  --sdk VERSION    version of @meltano/sdk to depend on
`;

const generated = 'src/generated-streams.ts';

/** Writes the tap, and says what of the document became no stream. */
export async function fromOpenapi(args: readonly string[], world: AuthoringWorld): Promise<void> {
  const { values, positionals } = parseArguments(args, options, 'meltano-sdk from-openapi --help');
  const [source] = positionals;
  if (values.help || source === undefined) return world.print(usage);
  const document = await readDocument(source, world);
  const plans = planApiStreams(document);
  if (plans.streams.length === 0) {
    throw authoringError('no_records', {
      message: `No operation of ${source} lists objects${leftOutText(plans)}`,
      hint: 'write the streams by hand: meltano-sdk create tap',
    });
  }
  const known = nameIn(values.folder === undefined ? undefined : resolve(world.cwd, values.folder));
  const name = connectorName('tap', values.name ?? known ?? nameOf(document.title));
  const folder = values.folder ?? name;
  const place = resolve(world.cwd, folder);
  const streams = {
    [generated]: renderStreams(plans.streams, document, {
      source: basename(source.split('?')[0] ?? source),
      tap: `src/${name}.ts`,
    }),
  };
  const { parts: auth, note } = apiAuth(document);
  const isNew = !existsSync(join(place, 'package.json'));
  if (!isNew) writeFiles(place, streams);
  else {
    assertEmpty(place);
    const baseUrl = document.baseUrl ?? 'https://api.example.com';
    const sdkVersion = values.sdk ?? `^${world.sdkVersion}`;
    const choice: ProjectChoice = {
      kind: 'tap',
      name,
      label: labelOf('tap', name),
      shape: 'rest',
      auth: 'none',
      ci: true,
    };
    writeFiles(place, { ...openapiFiles({ choice, auth, baseUrl, sdkVersion }), ...streams });
  }
  const complete = plans.streams.filter(({ needs }) => needs.length === 0);
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(document.baseUrl === undefined ? ['address: the document names none; set it in the tap'] : []),
  ];
  world.print(
    [
      `${complete.length} streams in ${folder}/${generated}: ${complete.map((each) => each.name).join(', ')}`,
      ...notes,
    ].join('\n') +
      incompleteText(plans) +
      leftOutText(plans) +
      (isNew ? nextSteps(name, folder) : ''),
  );
}

function nextSteps(name: string, folder: string): string {
  return `

Now:

  cd ${folder}
  npm install
  cp config.example.json config.json      # and fill it in
  npx meltano-sdk dev src/${name}.ts --config config.json

The tap is src/${name}.ts; README.md says more.`;
}

const options = {
  name: { type: 'string' },
  folder: { type: 'string' },
  sdk: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function readDocument(source: string, world: AuthoringWorld): Promise<ApiDocument> {
  const address = /^https?:\/\//.test(source) ? source : undefined;
  let text: string;
  try {
    text =
      address === undefined
        ? readFileSync(resolve(world.cwd, source), 'utf8')
        : await download(address, world);
  } catch (cause) {
    const root = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw authoringError(address === undefined ? 'unreadable_document' : 'unreachable', {
      message: `${source} cannot be read: ${errorMessage(root)}`,
      hint: 'check the path or the address',
      cause,
    });
  }
  // YAML is a superset of JSON.
  const { parse } = await import('yaml');
  let root: JsonValue;
  try {
    root = parse(text, { maxAliasCount: 1_000 }) as JsonValue;
  } catch (cause) {
    throw authoringError('unreadable_document', {
      message: `${source} is neither JSON nor YAML: ${errorMessage(cause).split('\n')[0] ?? ''}`,
      hint: 'give a document of OpenAPI or Swagger',
      cause,
    });
  }
  return readApiDocument(root, address);
}

async function download(address: string, world: AuthoringWorld): Promise<string> {
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(60_000)]);
  const response = await world.fetch(address, { headers: { 'user-agent': 'meltano-sdk' }, signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

/** The name of the tap that a folder has. */
function nameIn(folder: string | undefined): string | undefined {
  if (folder === undefined || !existsSync(join(folder, 'package.json'))) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const name = isJsonObject(content) ? content['name'] : undefined;
    return typeof name === 'string' && name.startsWith('tap-') ? name : undefined;
  } catch {
    return undefined;
  }
}

/** `Acme CRM API (v2)` → `acme-crm`. */
function nameOf(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const kept = words.filter((word) => !/^(?:api|rest|openapi|swagger|the|v\d+)$/.test(word));
  return (kept.length === 0 ? ['api'] : kept).join('-');
}

function incompleteText({ streams }: StreamPlans): string {
  const incomplete = streams.filter(({ needs }) => needs.length > 0);
  if (incomplete.length === 0) return '';
  const lines = incomplete.map(({ name, needs }) => `  ${name}: ${needs.join(', ')}`);
  return `\nTo be added with partitions, since no list gives what their paths name:\n${lines.join('\n')}`;
}

function leftOutText({ leftOut }: StreamPlans): string {
  if (leftOut.length === 0) return '';
  return `\nLeft out:\n${leftOut.map(({ path, reason }) => `  GET ${path}: ${reason}`).join('\n')}`;
}
