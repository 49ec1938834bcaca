import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { inject } from './convert-request.ts';
import { convertTemplates } from './convert-template.ts';
import { at, listOf, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

export interface ConvertedRouter {
  /** `parent` and `partitions`. */
  readonly stream: JsonObject;
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
  const [, second] = parents;
  if (second !== undefined)
    note(second.here, 'SubstreamPartitionRouter', 'only one of several routers may have parents');
  const listed = lists.map(({ given, here }) => listRouter(given, here));
  const substreams = parents.map(({ given, here }) => substreamRouter(given, here));
  return {
    stream: {
      ...(listed.length === 0
        ? {}
        : { partitions: Object.assign({}, ...listed.map(({ stream }) => stream)) as JsonObject }),
      ...substreams[0]?.stream,
    },
    requests: [...listed, ...substreams].flatMap(({ requests }) => requests),
  };
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

function substreamRouter(router: JsonObject, place: Place): ConvertedRouter {
  const configs = listOf(router['parent_stream_configs']).map((each, index) => ({
    config: objectOf(each),
    here: at(place, 'parent_stream_configs', index),
  }));
  const made = configs.map(({ config, here }) => {
    refuse(config, ['extra_fields'], here);
    const name = String(config['partition_field']);
    return {
      parent: {
        stream: String(objectOf(config['stream'])['name']),
        fields: { [name]: fieldPath(config['parent_key']) },
        ...(config['incremental_dependency'] === true ? {} : { all_records: true }),
      },
      requests: requestsOf(config['request_option'], name, here),
    };
  });
  const parents: readonly JsonObject[] = made.map(({ parent }) => parent);
  return {
    stream: parents.length === 0 ? {} : { parent: parents.length === 1 ? (parents[0] ?? null) : parents },
    requests: made.flatMap(({ requests }) => requests),
  };
}

/** A key of a record; a slash leads into objects. */
function fieldPath(key: JsonValue | undefined): string {
  const text = String(key);
  if (/^\w+$/.test(text)) return text;
  return `$${text
    .split('/')
    .map((name) => `[${JSON.stringify(name)}]`)
    .join('')}`;
}

function requestsOf(option: JsonValue | undefined, name: string, place: Place): readonly JsonObject[] {
  if (!isJsonObject(option ?? null)) return [];
  return [inject(option, `{{ partition[${JSON.stringify(name)}] }}`, at(place, 'request_option'))];
}
