import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { candidatesOf } from './candidates.ts';
import { convertAuth } from './convert-auth.ts';
import { convertBudget } from './convert-budget.ts';
import { templateName, withMappings } from './convert-dynamic.ts';
import { addressOf } from './convert-request.ts';
import { convertStream } from './convert-stream.ts';
import { convertTemplates } from './convert-template.ts';
import { leaveOutOrphans, withoutOrphans } from './orphans.ts';
import { at, type ImportProblem, note, objectOf, type Place } from './problem.ts';
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
