import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import { type ConvertedCursor, convertCursor, withCursor } from './convert-cursor.ts';
import { convertDecoder } from './convert-decoder.ts';
import { convertPaginator } from './convert-paginator.ts';
import { convertRequester, joinParts } from './convert-request.ts';
import { convertRouter, shadowedFields } from './convert-router.ts';
import { convertTemplates, type TemplateNames } from './convert-template.ts';
import { convertTransformations } from './convert-transformations.ts';
import { at, listOf, member, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

/** A stream in the own format; what it could not take is noted. */
export function convertStream(stream: JsonObject, place: Place): JsonObject {
  if (typeOf(stream) !== 'DeclarativeStream') {
    note(place, typeOf(stream), 'it is not supported');
    return {};
  }
  refuse(stream, ['file_uploader'], place);
  const retriever = objectOf(stream['retriever']);
  const inner = at(place, 'retriever');
  if (typeOf(retriever) !== 'SimpleRetriever') {
    note(inner, typeOf(retriever), 'it is not supported');
    return {};
  }
  refuse(retriever, ['pagination_reset'], inner);
  const decode = convertDecoder(retriever['decoder'], at(inner, 'decoder'));
  const given = convertCursor(stream['incremental_sync'], at(place, 'incremental_sync'));
  const cursor = {
    ...given,
    names: { ...given.names, shadowed: shadowedFields(retriever['partition_router']) },
  };
  const router = convertRouter(retriever['partition_router'], at(inner, 'partition_router'));
  const { with: withToken, ...request } = convertRequester(
    objectOf(retriever['requester']),
    at(inner, 'requester'),
    cursor.names,
  );
  const pages = convertPaginator(retriever['paginator'], withToken, at(inner, 'paginator'), cursor.isOld);
  const schema = schemaOf(
    stream['schema_loader'],
    cursor.property,
    String(stream['name']),
    at(place, 'schema_loader'),
  );
  const isInferred = !isJsonObject(schema['schema'] ?? null);
  const parts = joinParts([request, pages, ...router.requests, ...cursor.requests]);
  return {
    ...request,
    ...pages,
    ...parts,
    ...decode,
    ...router.stream,
    ...selection(objectOf(retriever['record_selector']), at(inner, 'record_selector'), cursor.names),
    ...keysOf(stream['primary_key'], at(place, 'primary_key')),
    ...convertTransformations(stream['transformations'], at(place, 'transformations'), cursor.names),
    ...cursor.stream,
    ...(cursor.isFiltered === false && usesStart({ ...request, ...parts, withToken: withToken ?? null })
      ? { keep_older: true }
      : {}),
    ...(isInferred ? member('replication_format', cursor.property?.format) : {}),
    ...schema,
  };
}

/** Whether the API is told where to begin. */
function usesStart(request: JsonObject): boolean {
  return /\{\{[^}]*\bstart\b/.test(stringifyJson(request));
}

function selection(selector: JsonObject, place: Place, names: TemplateNames): JsonObject {
  const extractor = objectOf(selector['extractor']);
  if (typeOf(extractor) !== 'DpathExtractor') note(at(place, 'extractor'), typeOf(extractor), 'it is code');
  refuse(extractor, ['record_expander'], at(place, 'extractor'));
  const path = listOf(extractor['field_path']);
  if (path.some((name) => typeof name !== 'string' || name.includes('{{') || /[*?[\]]./.test(name)))
    note(at(place, 'extractor', 'field_path'), 'DpathExtractor', 'only names and * are supported');
  const filter = objectOf(selector['record_filter']);
  const condition = filter['condition'];
  if (selector['record_filter'] !== undefined && filter['type'] !== 'RecordFilter')
    note(at(place, 'record_filter'), typeOf(filter), 'it is code');
  const records = `$${path.map((name) => (name === '*' ? '[*]' : `[${JSON.stringify(name)}]`)).join('')}`;
  return {
    records,
    // There a missing member is an empty page.
    absent_is_empty: true,
    ...(typeof condition !== 'string' || condition === ''
      ? {}
      : {
          where: convertTemplates(condition, at(place, 'record_filter', 'condition'), names),
          ...(selector['transform_before_filtering'] === true ? { where_last: true } : {}),
        }),
  };
}

function keysOf(key: JsonValue | undefined, place: Place): JsonObject {
  const keys = listOf(key).map((each) => (isJsonArray(each) && each.length === 1 ? (each[0] ?? null) : each));
  if (keys.every((each) => typeof each === 'string'))
    return keys.length === 0 ? {} : { keys: keys.map((each) => convertTemplates(each, place)) };
  note(place, 'PrimaryKey', 'keys inside of objects are not supported');
  return {};
}

/** A schema, a file with it in the manifest's folder, or nothing, so that it is inferred. */
function schemaOf(
  loader: JsonValue | undefined,
  property: ConvertedCursor['property'],
  stream: string,
  place: Place,
): JsonObject {
  const loaders = listOf(loader).map(objectOf);
  const inline = loaders
    .filter(({ type }) => type === 'InlineSchemaLoader')
    .map(({ schema }) => objectOf(schema));
  const [other] = loaders.filter(({ type }) => type !== 'InlineSchemaLoader');
  if (other === undefined) {
    const properties = Object.assign({}, ...inline.map((each) => objectOf(each['properties']))) as JsonObject;
    const whole = inline.length === 1 ? (inline[0] ?? {}) : { type: 'object', properties };
    // A schema without properties says nothing.
    return isJsonObject(whole['properties'] ?? null) && Object.keys(objectOf(whole['properties'])).length > 0
      ? { schema: withCursor(whole, property) }
      : {};
  }
  if (other['type'] === 'JsonFileSchemaLoader') {
    const path = String(other['file_path'] ?? `schemas/${stream}.json`).replace(/^\.\//, '');
    if (!path.includes('{{')) return { schema: path };
    note(at(place, 'file_path'), 'JsonFileSchemaLoader', 'the name must be settled');
  } else if (other['type'] !== 'DynamicSchemaLoader') {
    const advice = 'use InlineSchemaLoader, or leave it out to have it inferred';
    note(place, typeOf(other), 'it is not supported', advice);
  }
  return {};
}
