import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { convertAuth } from './convert-auth.ts';
import { convertBudget } from './convert-budget.ts';
import { addressOf } from './convert-request.ts';
import { parentsOf } from './convert-router.ts';
import { convertStream } from './convert-stream.ts';
import { convertTemplates } from './convert-template.ts';
import { at, type ImportProblem, listOf, note, objectOf, type Place } from './problem.ts';
import { resolveReferences } from './resolve-references.ts';
import { sourcePath } from './source-path.ts';

export interface AirbyteImport {
  /** A manifest in the own format with the streams that were taken whole; undefined when there is none. */
  readonly manifest: JsonObject | undefined;
  readonly imported: readonly string[];
  /** By stream; those of the whole document under "". A stream with problems is not in the manifest. */
  readonly problems: ReadonlyMap<string, readonly ImportProblem[]>;
}

/** The document, if it is a manifest of Airbyte; old ones do not say so. */
export function asAirbyteManifest(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const hasShape =
    ['check', 'streams'].every((name) => value[name] !== undefined) && value['api'] === undefined;
  return value['type'] === 'DeclarativeSource' || hasShape ? value : undefined;
}

/** One line for each problem, with file and line where they are known, the member's path, the reason and advice. */
export function describeProblems(
  problems: AirbyteImport['problems'],
  file: string,
  lineOf: (path: readonly (string | number)[]) => number | undefined,
): readonly string[] {
  return [...problems].flatMap(([stream, list]) =>
    list.map(({ path, source = [], component, reason, advice }) => {
      const line = source.length === 0 ? undefined : lineOf(source);
      const place = [...(line === undefined ? [] : [`${file}:${line}`]), path, component].filter(
        (each) => each !== '',
      );
      return `${stream === '' ? 'the manifest' : stream} (${place.join(', ')}): ${reason}; ${advice}`;
    }),
  );
}

interface Candidate {
  readonly name: string;
  readonly stream: JsonObject;
  readonly place: Place;
  /** It is read for its children only. */
  readonly isHidden: boolean;
}

/** Converts a declarative manifest of Airbyte. A stream is taken whole or not at all. */
export function importAirbyte(document: JsonObject): AirbyteImport {
  const found = new Map<string, readonly ImportProblem[]>();
  const root = resolved(document, found);
  const streams: Record<string, JsonObject> = {};
  let api: JsonObject | undefined;
  for (const { name, stream, place, isHidden } of candidatesOf(root)) {
    const made = convertStream(stream, place);
    const requester = objectOf(objectOf(stream['retriever'])['requester']);
    const own = apiOf(requester, at(place, 'retriever', 'requester'));
    if (place.problems.length > 0) {
      found.set(name, place.problems);
      continue;
    }
    api ??= own;
    streams[name] = { ...differences(own, api), ...made, ...(isHidden ? { selected: false } : {}) };
  }
  if (listOf(root['dynamic_streams']).length > 0) {
    const place: Place = { path: 'dynamic_streams', problems: [...(found.get('') ?? [])] };
    note(
      place,
      'DynamicDeclarativeStream',
      'streams that the API tells of are not supported',
      'write them one by one',
    );
    found.set('', place.problems);
  }
  leaveOutOrphans(streams, found);
  const imported = Object.keys(streams);
  return {
    manifest:
      api === undefined || imported.length === 0
        ? undefined
        : { api: { ...api, ...convertBudget(root['api_budget']) }, streams },
    imported,
    problems: located(found, document),
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

/** The streams, and parents that are no streams themselves. */
function candidatesOf(root: JsonObject): readonly Candidate[] {
  const candidates: Candidate[] = listOf(root['streams']).map((each, index) => ({
    name: String(objectOf(each)['name'] ?? `streams[${index}]`),
    stream: objectOf(each),
    place: { path: `streams[${index}]`, problems: [] },
    isHidden: false,
  }));
  const names = new Set(candidates.map(({ name }) => name));
  for (const { stream, place } of candidates) {
    const router = at(place, 'retriever', 'partition_router');
    for (const parent of parentsOf(objectOf(stream['retriever'])['partition_router'])) {
      const name = String(parent['name']);
      if (names.has(name)) continue;
      names.add(name);
      candidates.push({
        name,
        stream: parent,
        place: { path: at(router, 'parent_stream_configs').path, problems: [] },
        isHidden: true,
      });
    }
  }
  return candidates;
}

function apiOf(requester: JsonObject, place: Place): JsonObject {
  const url = addressOf({ ...requester, path: '' });
  const auth = convertAuth(requester['authenticator'], at(place, 'authenticator'), url);
  return {
    url: convertTemplates(url, at(place, 'url_base')),
    ...(auth === undefined ? {} : { auth }),
  };
}

/** Address and authentication of a stream where they are not those of the API. */
function differences(own: JsonObject, api: JsonObject): JsonObject {
  const text = (value: JsonValue | undefined) => stringifyJson(value ?? null);
  return {
    ...(own['url'] === api['url'] ? {} : { url: own['url'] ?? '' }),
    ...(text(own['auth']) === text(api['auth']) ? {} : { auth: own['auth'] ?? { type: 'none' } }),
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
      const parents = [...listOf(stream['parent']), ...listOf(stream['combine']).flatMap(listOf)].map(
        (each) => String(objectOf(each)['stream']),
      );
      const missing = parents.find((parent) => !Object.hasOwn(streams, parent));
      if (missing === undefined) continue;
      problems.set(name, [
        {
          path: name,
          component: 'SubstreamPartitionRouter',
          reason: `its parent "${missing}" is not among the streams that are imported`,
          advice: 'see what the parent lacks',
        },
      ]);
      delete streams[name];
      found = true;
    }
  }
}

/** Problems with the places where they are written: a component may stand elsewhere than where it is used. */
function located(
  problems: ReadonlyMap<string, readonly ImportProblem[]>,
  document: JsonObject,
): ReadonlyMap<string, readonly ImportProblem[]> {
  return new Map(
    [...problems].map(([name, list]) => [
      name,
      list.map((problem) => ({ ...problem, source: sourcePath(document, problem.path) })),
    ]),
  );
}
