import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { convertResolver } from './convert-dynamic.ts';
import { parentsOf } from './convert-router.ts';
import { at, listOf, objectOf, type Place } from './problem.ts';

/** A stream of a manifest that may be taken. */
export interface Candidate {
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

/** The streams, and parents that are no streams themselves. */
export function candidatesOf(root: JsonObject): readonly Candidate[] {
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
