import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { convertAuth } from './convert-auth.ts';
import { convertBudget } from './convert-budget.ts';
import { convertResolver, templateName, withMappings } from './convert-dynamic.ts';
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
  /** It is read for others only. */
  readonly isHidden: boolean;
  /** The condition of settings under which it is there. */
  readonly condition?: JsonValue;
  /** It is a template, and what its streams are made for. */
  readonly forEach?: JsonValue;
}

/** Converts a declarative manifest of Airbyte. A stream is taken whole or not at all. */
export function importAirbyte(document: JsonObject): AirbyteImport {
  const found = new Map<string, readonly ImportProblem[]>();
  const root = resolved(document, found);
  const streams: Record<string, JsonObject> = {};
  const foundTemplates: JsonObject[] = [];
  let api: JsonObject | undefined;
  for (const { name, stream, place, isHidden, condition, forEach } of candidatesOf(root)) {
    const made = {
      ...convertStream(stream, place),
      ...(condition === undefined ? {} : { only_if: convertTemplates(condition, at(place, 'condition')) }),
    };
    if (forEach === undefined && /\bcomponents_values\b/.test(stringifyJson(stream)))
      note(place, 'Interpolation', '"components_values" is known in dynamic streams only');
    const title = forEach === undefined ? name : templateName(stream['name'], place);
    const requester = objectOf(objectOf(stream['retriever'])['requester']);
    const own = apiOf(requester, at(place, 'retriever', 'requester'));
    if (place.problems.length > 0) found.set(name, place.problems);
    if (place.problems.some(({ isTaken = false }) => !isTaken)) continue;
    api ??= own;
    const whole = { ...differences(own, api), ...made, ...(isHidden ? { selected: false } : {}) };
    if (forEach === undefined) streams[name] = whole;
    else foundTemplates.push({ for_each: forEach, name: title, stream: whole });
  }
  leaveOutOrphans(streams, found);
  const templates = withoutOrphans(foundTemplates, streams, found);
  const imported = [...Object.keys(streams), ...templates.map((each) => String(each['name']))];
  return {
    manifest:
      api === undefined || imported.length === 0
        ? undefined
        : {
            api: { ...api, ...convertBudget(root['api_budget']) },
            streams,
            ...(templates.length === 0 ? {} : { stream_templates: templates }),
          },
    imported,
    problems: located(found, document),
  };
}

function resolved(document: JsonObject, problems: Map<string, readonly ImportProblem[]>): JsonObject {
  try {
    return resolveReferences(withMappings(document));
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
  const candidates: Candidate[] = [
    ...listOf(root['streams']).flatMap((each, index) =>
      streamsIn(objectOf(each), { path: `streams[${index}]`, problems: [] }),
    ),
    ...listOf(root['dynamic_streams']).flatMap((each, index) =>
      dynamicIn(objectOf(each), `dynamic_streams[${index}]`),
    ),
  ];
  const names = new Set(candidates.map(({ name }) => name));
  for (const { stream, place } of candidates) {
    const router = at(place, 'retriever', 'partition_router');
    for (const parent of parentsOf(objectOf(stream['retriever'])['partition_router'])) {
      const name = String(parent['name']);
      if (names.has(name)) continue;
      names.add(name);
      const own: Place = { path: at(router, 'parent_stream_configs').path, problems: [] };
      candidates.push(...streamsIn(parent, own).map((each) => ({ ...each, isHidden: true })));
    }
  }
  return candidates;
}

/** A stream, those that a condition brings, or of two that take turns the one that reads all. */
function streamsIn(given: JsonObject, place: Place): readonly Candidate[] {
  if (given['type'] === 'ConditionalStreams')
    return listOf(given['streams']).map((each, index) => ({
      name: String(objectOf(each)['name']),
      stream: objectOf(each),
      place: { ...at(place, 'streams', index), problems: [] },
      isHidden: false,
      condition: given['condition'] ?? null,
    }));
  const whole = objectOf(given['full_refresh_stream']);
  const name = String(given['name'] ?? whole['name'] ?? place.path);
  if (given['type'] !== 'StateDelegatingStream') return [{ name, stream: given, place, isHidden: false }];
  place.problems.push({
    path: place.path,
    component: 'StateDelegatingStream',
    reason: 'its full_refresh_stream is read in each run, which reads more than is new',
    advice: 'nothing is lost; write the stream in code where that takes too long',
    isTaken: true,
  });
  return [{ name, stream: { ...whole, name }, place: at(place, 'full_refresh_stream'), isHidden: false }];
}

/** The template of dynamic streams, and the stream that tells what they are. */
function dynamicIn(given: JsonObject, path: string): readonly Candidate[] {
  const place: Place = { path: `${path}.stream_template`, problems: [] };
  const [template] = streamsIn(objectOf(given['stream_template']), place);
  if (template === undefined) return [];
  const name = String(given['name'] ?? path);
  const source = `${name}_source`;
  const resolverPlace = { ...place, path: `${path}.components_resolver` };
  const { forEach, retriever } = convertResolver(
    objectOf(given['components_resolver']),
    source,
    resolverPlace,
  );
  const own: Candidate = { ...template, name, forEach };
  if (retriever === undefined) return [own];
  const schema = { type: 'InlineSchemaLoader', schema: { type: 'object', properties: {} } };
  return [
    {
      name: source,
      stream: { type: 'DeclarativeStream', name: source, retriever, schema_loader: schema },
      place: { path: `${path}.components_resolver`, problems: [] },
      isHidden: true,
    },
    own,
  ];
}

/** The templates but for those whose streams would be read for one that was not taken. */
function withoutOrphans(
  templates: readonly JsonObject[],
  streams: Readonly<Record<string, JsonObject>>,
  problems: Map<string, readonly ImportProblem[]>,
): readonly JsonObject[] {
  return templates.filter(({ name, for_each: given, stream }) => {
    const { parent, combine } = objectOf(stream);
    const needed = [given, ...listOf(parent), ...listOf(combine).flatMap(listOf)]
      .map((each) => objectOf(each)['stream'])
      .filter((each) => typeof each === 'string');
    const missing = needed.find((each) => !Object.hasOwn(streams, each));
    if (missing === undefined) return true;
    const path = String(name);
    const reason = `the stream "${missing}" that it is read for is not among those that are imported`;
    const advice = 'see what that stream lacks';
    problems.set(path, [{ path, component: 'DynamicDeclarativeStream', reason, advice }]);
    return false;
  });
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
