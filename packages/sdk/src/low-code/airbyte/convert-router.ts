import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { inject } from './convert-request.ts';
import { convertTemplates } from './convert-template.ts';
import { at, listOf, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

export interface ConvertedRouter {
  /** `parent`, `partitions`, `combine` and what names bookmarks. */
  readonly stream: JsonObject;
  readonly requests: readonly JsonObject[];
}

interface Substreams {
  readonly parent: JsonValue;
  readonly requests: readonly JsonObject[];
}

/** How often a stream is read; several routers are combined, each with each. */
export function convertRouter(router: JsonValue | undefined, place: Place): ConvertedRouter {
  const routers = listOf(router).flatMap((each, index) => {
    const here = listOf(router).length === 1 ? place : at(place, index);
    return typeOf(each) === 'CartesianProductStreamSlicer'
      ? listOf(objectOf(each)['stream_slicers']).map((inner, number) => ({
          given: objectOf(inner),
          here: at(here, 'stream_slicers', number),
        }))
      : [{ given: objectOf(each), here }];
  });
  const lists = routers.filter(({ given }) => typeOf(given) === 'ListPartitionRouter');
  const parents = routers.filter(({ given }) => typeOf(given) === 'SubstreamPartitionRouter');
  for (const { given, here } of routers)
    if (!['ListPartitionRouter', 'SubstreamPartitionRouter'].includes(typeOf(given)))
      note(here, typeOf(given), 'it is not supported');
  const listed = lists.map(({ given, here }) => listRouter(given, here));
  const [first, ...others] = parents.map(({ given, here }) => substreamRouter(given, here));
  return {
    stream: {
      ...(listed.length === 0
        ? {}
        : { partitions: Object.assign({}, ...listed.map(({ stream }) => stream)) as JsonObject }),
      ...(first === undefined ? {} : { parent: first.parent }),
      ...(others.length === 0 ? {} : { combine: others.map(({ parent }) => parent) }),
      ...stateKeysOf(routers.map(({ given }) => given)),
    },
    requests: [...listed, ...(first === undefined ? [] : [first]), ...others].flatMap(
      ({ requests }) => requests,
    ),
  };
}

/** Extra fields may change from run to run, so that they do not name bookmarks. */
function stateKeysOf(routers: readonly JsonObject[]): JsonObject {
  const configs = routers.flatMap((router) => listOf(router['parent_stream_configs']).map(objectOf));
  if (configs.every((config) => listOf(config['extra_fields']).length === 0)) return {};
  return { state_keys: [...new Set(routers.flatMap(fieldsOf))] };
}

function fieldsOf(router: JsonObject): readonly string[] {
  return [
    ...(router['cursor_field'] === undefined ? [] : [String(router['cursor_field'])]),
    ...listOf(router['parent_stream_configs']).map((each) => String(objectOf(each)['partition_field'])),
  ];
}

/** Fields of a stream's partitions that those of its parents have, too; the stream's own are seen. */
export function shadowedFields(router: JsonValue | undefined): ReadonlySet<string> {
  const above = new Set<string>();
  const visit = (each: JsonValue | undefined): void => {
    for (const parent of parentsOf(each)) {
      const inner = objectOf(parent['retriever'])['partition_router'];
      for (const one of listOf(inner).map(objectOf)) for (const field of fieldsOf(one)) above.add(field);
      visit(inner);
    }
  };
  visit(router);
  return new Set(
    listOf(router)
      .map(objectOf)
      .flatMap(fieldsOf)
      .filter((field) => above.has(field)),
  );
}

/** The definitions of the parents of a stream, with their places. */
export function parentsOf(router: JsonValue | undefined): readonly JsonObject[] {
  return listOf(router)
    .flatMap((each) => [each, ...listOf(objectOf(each)['stream_slicers'])])
    .flatMap((each) => listOf(objectOf(each)['parent_stream_configs']))
    .map((config) => objectOf(objectOf(config)['stream']))
    .filter((stream) => typeof stream['name'] === 'string');
}

function listRouter(router: JsonObject, place: Place): ConvertedRouter {
  const name = String(router['cursor_field']);
  return {
    stream: { [name]: convertTemplates(router['values'] ?? [], at(place, 'values')) },
    requests: requestsOf(router['request_option'], name, place),
  };
}

function substreamRouter(router: JsonObject, place: Place): Substreams {
  const configs = listOf(router['parent_stream_configs']).map((each, index) => ({
    config: objectOf(each),
    here: at(place, 'parent_stream_configs', index),
  }));
  const made = configs.map(({ config, here }) => {
    refuse(config, ['lazy_read_pointer'], here);
    const name = String(config['partition_field']);
    return {
      parent: {
        stream: String(objectOf(config['stream'])['name']),
        fields: { [name]: fieldPath(config['parent_key']) },
        ...extraOf(config['extra_fields'], at(here, 'extra_fields')),
        ...(config['incremental_dependency'] === true ? {} : { all_records: true }),
      },
      requests: requestsOf(config['request_option'], name, here),
    };
  });
  const parents: readonly JsonObject[] = made.map(({ parent }) => parent);
  return {
    parent: parents.length === 1 ? (parents[0] ?? null) : parents,
    requests: made.flatMap(({ requests }) => requests),
  };
}

/** Templates find them as members of `extra_fields`. */
function extraOf(fields: JsonValue | undefined, place: Place): JsonObject {
  const paths = listOf(fields).map((each) => listOf(each).map(String));
  if (paths.length === 0) return {};
  if (paths.flat().some((name) => /[{*]/.test(name)))
    note(place, 'ParentStreamConfig', 'only plain names are supported');
  return {
    extra: Object.fromEntries(paths.map((path) => [`extra_fields.${path.join('.')}`, pathOf(path)])),
  };
}

function pathOf(names: readonly string[]): string {
  return `$${names.map((name) => `[${JSON.stringify(name)}]`).join('')}`;
}

/** A key of a record; a slash leads into objects. */
function fieldPath(key: JsonValue | undefined): string {
  const text = String(key);
  if (/^\w+$/.test(text)) return text;
  return pathOf(text.split('/'));
}

function requestsOf(option: JsonValue | undefined, name: string, place: Place): readonly JsonObject[] {
  if (!isJsonObject(option ?? null)) return [];
  return [inject(option, `{{ partition[${JSON.stringify(name)}] }}`, at(place, 'request_option'))];
}
