import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { convertCursor, withCursor } from './convert-cursor.ts';
import { convertPaginator } from './convert-paginator.ts';
import { convertRequester, inject } from './convert-request.ts';
import { convertTemplates } from './convert-template.ts';
import { at, note, objectOf, onlyKnown, type Place, typeOf } from './problem.ts';

/** A stream in the own format; what it could not take is noted. */
export function convertStream(stream: JsonObject, place: Place): JsonObject {
  if (typeOf(stream) !== 'DeclarativeStream') note(place, typeOf(stream), 'it is not supported');
  const known = ['retriever', 'incremental_sync', 'primary_key', 'schema_loader', 'transformations'];
  onlyKnown(stream, known, place);
  const retriever = objectOf(stream['retriever']);
  const inner = at(place, 'retriever');
  if (typeOf(retriever) !== 'SimpleRetriever') note(inner, typeOf(retriever), 'it is not supported');
  onlyKnown(retriever, ['requester', 'record_selector', 'paginator', 'partition_router', 'decoder'], inner);
  const decoder = objectOf(retriever['decoder'])['type'] ?? 'JsonDecoder';
  if (decoder !== 'JsonDecoder') note(at(inner, 'decoder'), String(decoder), 'only JSON is read');
  const cursor = convertCursor(stream['incremental_sync'], at(place, 'incremental_sync'));
  const names = cursor.timeFormat === undefined ? {} : { timeFormat: cursor.timeFormat };
  const router = routing(retriever['partition_router'], at(inner, 'partition_router'));
  const requests = [
    convertRequester(objectOf(retriever['requester']), at(inner, 'requester'), names),
    convertPaginator(retriever['paginator'], at(inner, 'paginator')),
    router,
    ...cursor.requests,
  ];
  return {
    ...Object.assign({}, ...requests),
    ...joined(requests),
    ...selection(objectOf(retriever['record_selector']), at(inner, 'record_selector')),
    ...keysOf(stream['primary_key'], at(place, 'primary_key')),
    ...transformed(stream['transformations'], at(place, 'transformations')),
    ...cursor.stream,
    ...schemaOf(stream['schema_loader'], cursor.property, at(place, 'schema_loader')),
  };
}

/** Parameters, headers and bodies that several components add to. */
function joined(requests: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(
    ['params', 'headers', 'json'].flatMap((name) => {
      const parts = requests.map((each) => objectOf(each[name]));
      const whole: JsonObject = Object.assign({}, ...parts);
      return Object.keys(whole).length === 0 ? [] : [[name, whole]];
    }),
  );
}

function selection(selector: JsonObject, place: Place): JsonObject {
  onlyKnown(selector, ['extractor', 'record_filter', 'schema_normalization'], place);
  const extractor = objectOf(selector['extractor']);
  if (typeOf(extractor) !== 'DpathExtractor') note(at(place, 'extractor'), typeOf(extractor), 'it is code');
  const path = [extractor['field_path'] ?? []].flat() as readonly JsonValue[];
  if (path.some((name) => typeof name !== 'string' || name.includes('{{') || name === '**'))
    note(at(place, 'extractor', 'field_path'), 'DpathExtractor', 'only names and * are supported');
  const filter = objectOf(selector['record_filter']);
  if (selector['record_filter'] !== undefined && filter['type'] !== 'RecordFilter')
    note(at(place, 'record_filter'), typeOf(filter), 'it is code');
  const records = `$${path.map((name) => (name === '*' ? '[*]' : `[${JSON.stringify(name)}]`)).join('')}`;
  return {
    records,
    ...(filter['condition'] === undefined
      ? {}
      : { where: convertTemplates(filter['condition'], at(place, 'record_filter', 'condition')) }),
  };
}

function keysOf(key: JsonValue | undefined, place: Place): JsonObject {
  const keys = [key ?? []].flat() as readonly JsonValue[];
  if (keys.every((each) => typeof each === 'string')) return keys.length === 0 ? {} : { keys };
  note(place, 'PrimaryKey', 'keys inside of objects are not supported');
  return {};
}

function transformed(list: JsonValue | undefined, place: Place): JsonObject {
  const compute: Record<string, JsonValue> = {};
  const remove: string[] = [];
  for (const [index, each] of (isJsonArray(list) ? list : []).entries()) {
    const here = at(place, index);
    const change = objectOf(each);
    const isAdd = change['type'] === 'AddFields';
    if (!isAdd && change['type'] !== 'RemoveFields') note(here, typeOf(change), 'it is not supported');
    onlyKnown(change, ['fields', 'field_pointers'], here);
    if (isAdd && remove.length > 0) note(here, 'AddFields', 'it must come before RemoveFields');
    for (const [number, field] of ((change['fields'] ?? []) as readonly JsonObject[]).entries()) {
      onlyKnown(field, ['path', 'value', 'value_type'], at(here, 'fields', number));
      compute[nameOf(field['path'], at(here, 'fields', number, 'path'))] = convertTemplates(
        field['value'] ?? null,
        at(here, 'fields', number, 'value'),
      );
    }
    for (const pointer of (change['field_pointers'] ?? []) as readonly JsonValue[])
      remove.push(nameOf(pointer, at(here, 'field_pointers')));
  }
  return {
    ...(Object.keys(compute).length === 0 ? {} : { compute }),
    ...(remove.length === 0 ? {} : { remove }),
  };
}

function nameOf(path: JsonValue | undefined, place: Place): string {
  if (isJsonArray(path ?? null) && (path as readonly JsonValue[]).length === 1)
    return String((path as readonly JsonValue[])[0]);
  note(place, 'FieldPointer', 'only members of the record itself are supported');
  return '';
}

function schemaOf(
  loader: JsonValue | undefined,
  property: Parameters<typeof withCursor>[1],
  place: Place,
): JsonObject {
  const { type, schema } = objectOf(loader);
  if (type === 'InlineSchemaLoader' && isJsonObject(schema)) return { schema: withCursor(schema, property) };
  if (loader !== undefined)
    note(
      place,
      typeOf(loader),
      'only a schema inside of the manifest is supported',
      'use InlineSchemaLoader, or leave it out to have it inferred',
    );
  return {};
}

function routing(router: JsonValue | undefined, place: Place): JsonObject {
  if (router === undefined) return {};
  const only = isJsonArray(router) && router.length === 1 ? router[0] : router;
  const { type } = objectOf(only);
  if (type === 'ListPartitionRouter') return listed(objectOf(only), place);
  if (type === 'SubstreamPartitionRouter') return substream(objectOf(only), place);
  note(place, typeOf(only), 'it is not supported');
  return {};
}

function listed(router: JsonObject, place: Place): JsonObject {
  onlyKnown(router, ['values', 'cursor_field', 'request_option'], place);
  const name = String(router['cursor_field']);
  const option = router['request_option'];
  return {
    partitions: { [name]: convertTemplates(router['values'] ?? [], at(place, 'values')) },
    ...(option === undefined
      ? {}
      : inject(option, `{{ partition[${JSON.stringify(name)}] }}`, at(place, 'request_option'))),
  };
}

function substream(router: JsonObject, place: Place): JsonObject {
  onlyKnown(router, ['parent_stream_configs'], place);
  const configs = isJsonArray(router['parent_stream_configs']) ? router['parent_stream_configs'] : [];
  const [config] = configs.map(objectOf);
  const here = at(place, 'parent_stream_configs', 0);
  if (config === undefined || configs.length > 1) {
    note(place, 'SubstreamPartitionRouter', 'exactly one parent is supported');
    return {};
  }
  onlyKnown(
    config,
    ['stream', 'parent_key', 'partition_field', 'request_option', 'incremental_dependency'],
    here,
  );
  const name = String(config['partition_field']);
  const option = config['request_option'];
  return {
    parent: {
      stream: String(objectOf(config['stream'])['name']),
      fields: { [name]: String(config['parent_key']) },
      ...(config['incremental_dependency'] === true ? {} : { all_records: true }),
    },
    ...(option === undefined
      ? {}
      : inject(option, `{{ partition[${JSON.stringify(name)}] }}`, at(here, 'request_option'))),
  };
}
