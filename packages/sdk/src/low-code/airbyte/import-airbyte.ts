import { isJsonArray, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { convertAuth } from './convert-auth.ts';
import { convertStream } from './convert-stream.ts';
import { convertTemplates } from './convert-template.ts';
import { at, type ImportProblem, note, objectOf, typeOf } from './problem.ts';
import { resolveReferences } from './resolve-references.ts';

export interface AirbyteImport {
  /** A manifest in the own format with the streams that were taken whole; undefined when there is none. */
  readonly manifest: JsonObject | undefined;
  readonly imported: readonly string[];
  /** By stream; those of the whole document under "". A stream with problems is not in the manifest. */
  readonly problems: ReadonlyMap<string, readonly ImportProblem[]>;
}

/** Converts a declarative manifest of Airbyte. A stream is taken whole or not at all. */
export function importAirbyte(document: JsonObject): AirbyteImport {
  const problems = new Map<string, readonly ImportProblem[]>();
  const root = resolved(document, problems);
  const streams: Record<string, JsonObject> = {};
  let api: JsonObject | undefined;
  for (const [index, each] of (isJsonArray(root['streams'] ?? null)
    ? (root['streams'] as readonly JsonValue[])
    : []
  ).entries()) {
    const stream = objectOf(each);
    const name = String(stream['name'] ?? `streams[${index}]`);
    const place = { path: `streams[${index}]`, problems: [] as ImportProblem[] };
    const made = convertStream(stream, place);
    const own = apiOf(
      objectOf(objectOf(stream['retriever'])['requester']),
      at(place, 'retriever', 'requester'),
    );
    if (api !== undefined && stringifyJson(own) !== stringifyJson(api))
      note(
        place,
        'HttpRequester',
        'its address or its authentication is not that of the first stream',
        'make a manifest of its own for it',
      );
    if (place.problems.length > 0) {
      problems.set(name, place.problems);
      continue;
    }
    api ??= own;
    streams[name] = made;
  }
  if (isJsonArray(root['dynamic_streams'] ?? null))
    problems.set('', [
      ...(problems.get('') ?? []),
      {
        path: 'dynamic_streams',
        component: 'DynamicDeclarativeStream',
        reason: 'streams that the API tells of are not supported',
        advice: 'write them one by one',
      },
    ]);
  leaveOutOrphans(streams, problems);
  const imported = Object.keys(streams);
  return {
    manifest: api === undefined || imported.length === 0 ? undefined : { api, streams },
    imported,
    problems,
  };
}

function resolved(document: JsonObject, problems: Map<string, readonly ImportProblem[]>): JsonObject {
  try {
    return resolveReferences(document);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.set('', [
      { path: '', component: '$ref', reason: error.message, advice: 'repair the reference' },
    ]);
    return {};
  }
}

function apiOf(requester: JsonObject, place: Parameters<typeof at>[0]): JsonObject {
  const auth = convertAuth(requester['authenticator'], at(place, 'authenticator'));
  const url = requester['url_base'] ?? requester['url'] ?? '';
  return {
    url: convertTemplates(url, at(place, 'url_base')),
    ...(auth === undefined ? {} : { auth }),
  };
}

/** A child whose parent was not taken cannot be read. */
function leaveOutOrphans(
  streams: Record<string, JsonObject>,
  problems: Map<string, readonly ImportProblem[]>,
): void {
  for (let found = true; found; ) {
    found = false;
    for (const [name, stream] of Object.entries(streams)) {
      const parent = objectOf(stream['parent'])['stream'];
      if (parent === undefined || Object.hasOwn(streams, String(parent))) continue;
      problems.set(name, [
        {
          path: name,
          component: typeOf({ type: 'SubstreamPartitionRouter' }),
          reason: `its parent "${String(parent)}" is not among the streams that are imported`,
          advice: 'see what the parent lacks',
        },
      ]);
      delete streams[name];
      found = true;
    }
  }
}
