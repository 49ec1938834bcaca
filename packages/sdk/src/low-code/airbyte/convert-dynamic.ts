import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { convertTemplates } from './convert-template.ts';
import { at, listOf, note, objectOf, type Place, typeOf } from './problem.ts';
import { lookUp } from './resolve-references.ts';

/**
 * The document with what `components_mapping` sets written into the templates of its dynamic streams. It is done before
 * references are resolved: a mapping may set parameters, and what it sets is a template of `components_values`.
 */
export function withMappings(document: JsonObject): JsonObject {
  if (document['dynamic_streams'] === undefined) return document;
  const streams = listOf(document['dynamic_streams']).map((each) => {
    const dynamic = objectOf(each);
    const resolver = referred(dynamic['components_resolver'], document);
    const template = listOf(resolver['components_mapping']).reduce<JsonValue>(
      (made, mapping) => mapped(made, objectOf(mapping), document),
      dynamic['stream_template'] ?? {},
    );
    return { ...dynamic, stream_template: template };
  });
  return { ...document, dynamic_streams: streams };
}

function mapped(template: JsonValue, mapping: JsonObject, root: JsonObject): JsonValue {
  const path = listOf(mapping['field_path']);
  const isPlain = path.every((name) => typeof name === 'string' && !/[*{]/.test(name));
  // What cannot be set is told where the resolver is converted.
  return isPlain ? withMember(template, path.map(String), mapping, root) : template;
}

/** A member that is not there is made only where the mapping says so. */
function withMember(
  node: JsonValue,
  [name = '', ...rest]: readonly string[],
  mapping: JsonObject,
  root: JsonObject,
): JsonValue {
  const isLast = rest.length === 0;
  const value = mapping['value'] ?? null;
  if (isJsonArray(node)) {
    const set = (each: JsonValue) => (isLast ? value : withMember(each, rest, mapping, root));
    return node.map((each: JsonValue, index: number) => (String(index) === name ? set(each) : each));
  }
  const known = referred(node, root);
  if (!Object.hasOwn(known, name) && mapping['create_or_update'] !== true) return known;
  return { ...known, [name]: isLast ? value : withMember(known[name] ?? {}, rest, mapping, root) };
}

/** An object, or what it refers to with its own members in it. */
function referred(node: JsonValue | undefined, root: JsonObject): JsonObject {
  if (typeof node === 'string' && node.startsWith('#/')) return referred(lookUp(node, root), root);
  if (!isJsonObject(node)) return {};
  const { $ref: reference, ...own } = node;
  return typeof reference === 'string' ? { ...referred(lookUp(reference, root), root), ...own } : node;
}

export interface ConvertedResolver {
  readonly forEach: JsonValue;
  /** The retriever of what streams are made for. */
  readonly retriever?: JsonObject;
}

/** What the streams of a template are made for; `source` names the stream that reads it from the API. */
export function convertResolver(resolver: JsonObject, source: string, place: Place): ConvertedResolver {
  for (const [index, mapping] of listOf(resolver['components_mapping']).map(objectOf).entries())
    checkMapping(mapping, at(place, 'components_mapping', index));
  if (typeOf(resolver) === 'HttpComponentsResolver')
    return { forEach: { stream: source }, retriever: objectOf(resolver['retriever']) };
  if (typeOf(resolver) === 'ConfigComponentsResolver')
    return { forEach: configList(resolver, at(place, 'stream_config')) };
  note(place, typeOf(resolver), 'it is not supported');
  return { forEach: [] };
}

function checkMapping(mapping: JsonObject, place: Place): void {
  const component = 'ComponentMappingDefinition';
  if (listOf(mapping['field_path']).some((name) => typeof name !== 'string' || /[*{]/.test(name)))
    note(at(place, 'field_path'), component, 'only plain names are supported');
  if (typeof mapping['condition'] === 'string' && mapping['condition'] !== '')
    note(at(place, 'condition'), component, 'conditions of mappings are not supported');
  if (/\bstream_(?:slice|partition)\b/.test(String(mapping['value'])))
    note(at(place, 'value'), component, 'only the record is known, not its slice');
}

function configList(resolver: JsonObject, place: Place): JsonValue {
  const configs = listOf(resolver['stream_config']).map(objectOf);
  if (configs.length !== 1)
    note(place, 'StreamConfig', 'several lists whose combinations make streams are not supported');
  const [{ configs_pointer: pointer, default_values: usual } = {}] = configs as readonly JsonObject[];
  const names = listOf(pointer).map(String);
  if (names.length === 0 || names.some((name) => /[*{]/.test(name)))
    note(at(place, 'configs_pointer'), 'StreamConfig', 'only plain names are supported');
  const steps = names.map((name) => `[${/^\d+$/.test(name) ? name : JSON.stringify(name)}]`).join('');
  const list = `{{ config${steps} }}`;
  const more = listOf(usual);
  return more.length === 0 ? list : [list, ...more];
}

/** A template's name in the own format. */
export function templateName(name: JsonValue | undefined, place: Place): string {
  return String(convertTemplates(String(name ?? ''), at(place, 'name')));
}
