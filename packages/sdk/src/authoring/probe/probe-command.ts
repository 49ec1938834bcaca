import { errorMessage } from '@meltano/foundation/errors';
import { type JsonValue, parseJson } from '@meltano/foundation/json';
import type { AuthoringWorld } from '../authoring-world.ts';
import { authoringError } from '../errors.ts';
import { parseArguments } from '../parse-arguments.ts';
import { findPages } from './find-pages.ts';
import { findKey, findRecords, findReplicationKey } from './find-records.ts';
import { isId, parentPath } from './parent-path.ts';
import { schemaCode } from './schema-code.ts';

const usage = `Usage: meltano-sdk probe URL [options]

Asks an API for one page and proposes a stream: records, key, replication key, paging, schema.

Options:
  --header 'NAME: VALUE'   sent with the request; may be given several times
  --name NAME              name of the stream; default: the last word of the path
`;

/** Prints a stream definition for an address, and what it rests on. */
export async function probe(args: readonly string[], world: AuthoringWorld): Promise<void> {
  const { values, positionals } = parseArguments(args, options, 'meltano-sdk probe --help');
  const [address] = positionals;
  if (values.help || address === undefined) return world.print(usage);
  if (!URL.canParse(address)) {
    throw authoringError('usage', {
      message: `"${address}" is not an address`,
      hint: 'give a whole one: https://…',
    });
  }
  const { headers, body } = await ask(address, values.header ?? [], world);
  const found = findRecords(body);
  if (found === undefined) {
    throw authoringError('no_records', {
      message: 'The answer holds no records',
      hint: 'give the address of a list; see the answer with curl',
    });
  }
  world.print(proposal({ address, headers, body, found, name: values.name ?? nameOf(address) }));
}

const options = {
  header: { type: 'string', multiple: true, short: 'H' },
  name: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function ask(address: string, given: readonly string[], world: AuthoringWorld) {
  const headers = given.map((text) => {
    const at = text.indexOf(':');
    if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()] as const;
    throw authoringError('usage', {
      message: `--header "${text}" has no colon`,
      hint: "write --header 'name: value'",
    });
  });
  let response: Response;
  let text: string;
  try {
    response = await world.fetch(address, {
      headers: { accept: 'application/json', 'user-agent': 'meltano-sdk', ...Object.fromEntries(headers) },
      signal: AbortSignal.any([world.signal, AbortSignal.timeout(60_000)]),
    });
    text = await response.text();
  } catch (cause) {
    const root = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw authoringError('unreachable', {
      message: `${new URL(address).origin} cannot be reached: ${errorMessage(root)}`,
      hint: 'check the address and the network',
      cause,
    });
  }
  if (!response.ok) {
    throw authoringError('unreachable', {
      message: `${address.split('?')[0]} answers HTTP ${response.status}: ${text.slice(0, 200)}`,
      hint: refusalHint(response.status),
    });
  }
  return { headers: response.headers, body: jsonOf(text) };
}

function refusalHint(status: number): string {
  if (status === 401 || status === 403) return "credentials go into --header 'authorization: Bearer …'";
  if (status === 404 || status === 410) return 'check the path: there is nothing at this address';
  if (status === 429) return 'it has had too many requests: try again later';
  if (status >= 500) return 'the server has failed: try again later';
  return 'compare the address and its parameters with the documentation of the API';
}

function jsonOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw authoringError('no_records', {
      message: 'The answer is not JSON',
      hint: 'probe reads JSON; for another format write a stream with defineStream',
    });
  }
}

function nameOf(address: string): string {
  const words = new URL(address).pathname
    .split('/')
    .filter((word) => /^[A-Za-z][\w-]*$/.test(word) && !isId(word));
  return (words.at(-1) ?? 'records').replaceAll('-', '_').toLowerCase();
}

interface Probed {
  readonly address: string;
  readonly headers: Headers;
  readonly body: JsonValue;
  readonly found: NonNullable<ReturnType<typeof findRecords>>;
  readonly name: string;
}

function proposal({ address, headers, body, found, name }: Probed): string {
  const { records, path } = found;
  const key = findKey(records);
  const replicationKey = findReplicationKey(records);
  const pages = findPages(headers, body, address);
  const required = [key, replicationKey].filter((each) => each !== undefined);
  const url = new URL(address);
  const { path: place, parents } = parentPath(url.pathname);
  const notes = [
    `${records.length} records${path === undefined ? '' : ` at ${path}`}`,
    key === undefined
      ? 'no key: no property is different in all records'
      : `key: ${key}, different in all records`,
    replicationKey === undefined
      ? 'no replication key: no property looks like the time of the last change'
      : `replication key: ${replicationKey}; set "since" to the parameter that takes a time, if the API has one`,
    pages === undefined
      ? 'pages: nothing tells of more than this one; look into the API’s documentation'
      : `pages: ${pages.evidence}`,
    ...parents.map(
      ({ id, stream }) =>
        `parent: ${id} looks like an id, so this is read once for each record of ${stream}; name that stream, or the field of its records, as they are`,
    ),
  ];
  const imports = ['rest', 's', ...(pages === undefined ? [] : [pages.name])].sort();
  const lines = [
    `path: '${place}',`,
    ...paramsOf(url),
    ...(path === undefined ? [] : [`records: '${path}',`]),
    ...(pages === undefined ? [] : [`paginate: ${pages.code},`]),
    ...(key === undefined ? [] : [`keys: ['${key}'],`]),
    ...(replicationKey === undefined ? [] : [`replicationKey: '${replicationKey}',`]),
    `schema: ${schemaCode(records, required, '  ')},`,
  ];
  return `${notes.map((note) => `// ${note}`).join('\n')}
// import { ${imports.join(', ')} } from '@meltano/sdk';
${name}: rest({
${lines.map((line) => `  ${line}`).join('\n')}
}),`;
}

/** Paging is the paginator's. */
function paramsOf(url: URL): readonly string[] {
  const kept = [...url.searchParams].filter(
    ([name]) => !/^(?:page|offset|cursor|after|starting_after)$/i.test(name),
  );
  return kept.length === 0 ? [] : [`params: ${JSON.stringify(Object.fromEntries(kept))},`];
}
