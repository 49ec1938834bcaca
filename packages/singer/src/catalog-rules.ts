import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Catalog, CatalogStream, MetadataEntry } from './catalog.ts';
import { matchesGlob } from './glob.ts';
import { parseSelectPattern, splitAtDots } from './select-pattern.ts';

/** What a project says about a tap's catalog: the extras `select`, `metadata`, `schema`, `select_filter`. */
export interface CatalogRules {
  readonly select: readonly string[];
  /** `{<stream>: {<property>…: {<key>: value}}}`, nested. */
  readonly metadata: JsonObject;
  /** `{<stream glob>: {<property glob>: <JSON Schema>}}`. */
  readonly schema: JsonObject;
  readonly selectFilter: readonly string[];
}

/** Sets `key` to `value` in the metadata of all places that match. Later rules win. */
interface MetadataRule {
  readonly streams: readonly string[];
  /** Applies to streams that match none of the patterns. */
  readonly negated: boolean;
  readonly breadcrumb: readonly string[];
  readonly key: string;
  readonly value: JsonValue;
}

/**
 * Applies a project's rules to a catalog and returns a new one; the order is schema, then selection reset,
 * `select`, `metadata`, `select_filter`. With `filterOnly` (a catalog made by hand) just the last applies.
 * Source: meltano-runtime §2.9–2.13, with nested and oddly named properties visited by structure.
 */
export function applyCatalogRules(
  catalog: Catalog,
  rules: CatalogRules,
  options: { readonly filterOnly?: boolean } = {},
): { readonly catalog: Catalog; readonly warnings: readonly string[] } {
  const filters = filterRules(rules.selectFilter);
  const metadata = options.filterOnly
    ? filters
    : [...selectRules(['!*.*']), ...selectRules(rules.select), ...metadataRules(rules.metadata), ...filters];
  // Without a rule a catalog that was made by hand stays as it is, to the entries it leaves out.
  if (metadata.length === 0) return { catalog, warnings: [] };
  const schema = options.filterOnly ? {} : rules.schema;
  const streams = catalog.streams.map((stream) => applyMetadata(applySchema(stream, schema), metadata));
  const warned = options.filterOnly ? [] : [...selectRules(rules.select), ...metadataRules(rules.metadata)];
  return { catalog: { ...catalog, streams }, warnings: notFound(streams, warned) };
}

function selectRules(patterns: readonly string[]): readonly MetadataRule[] {
  const parsed = patterns.map(parseSelectPattern);
  const rule = (stream: string, property: readonly string[], value: boolean): MetadataRule => ({
    streams: [stream],
    negated: false,
    breadcrumb: property.flatMap((name) => ['properties', name]),
    key: 'selected',
    value,
  });
  const included = parsed
    .filter((pattern) => !pattern.negated)
    .flatMap(({ stream, property = ['*'] }) => [
      rule(stream, [], true),
      ...property.map((_, depth) => rule(stream, property.slice(0, depth + 1), true)).reverse(),
    ]);
  const excluded = parsed
    .filter((pattern) => pattern.negated)
    .flatMap(({ stream, property }) => {
      const whole = property === undefined || (property.length === 1 && property[0] === '*');
      return whole ? [rule(stream, [], false), rule(stream, ['*'], false)] : [rule(stream, property, false)];
    });
  return [...included, ...excluded];
}

function filterRules(patterns: readonly string[]): readonly MetadataRule[] {
  const parsed = patterns.map(parseSelectPattern);
  const included = parsed.filter((pattern) => !pattern.negated).map((pattern) => pattern.stream);
  const excluded = parsed.filter((pattern) => pattern.negated).map((pattern) => pattern.stream);
  const off = { breadcrumb: [], key: 'selected', value: false };
  return [
    ...(included.length === 0 ? [] : [{ ...off, streams: included, negated: true }]),
    ...(excluded.length === 0 ? [] : [{ ...off, streams: excluded, negated: false }]),
  ];
}

function metadataRules(metadata: JsonObject): readonly MetadataRule[] {
  return flatten(metadata, []).flatMap(({ path, value }) => {
    const [stream, ...rest] = path;
    const key = rest.pop();
    if (stream === undefined || key === undefined) return [];
    const breadcrumb = rest.flatMap((name) => ['properties', name]);
    return [{ streams: [stream], negated: false, breadcrumb, key, value }];
  });
}

function flatten(
  value: JsonObject,
  path: readonly string[],
): readonly { readonly path: readonly string[]; readonly value: JsonValue }[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const here = [...path, ...splitAtDots(key)];
    return isJsonObject(member) && Object.keys(member).length > 0
      ? flatten(member, here)
      : [{ path: here, value: member }];
  });
}

function applySchema(stream: CatalogStream, rules: JsonObject): CatalogStream {
  let schema: JsonObject = isJsonObject(stream.schema) ? stream.schema : { type: 'object' };
  for (const [streamGlob, properties] of Object.entries(rules)) {
    if (!isJsonObject(properties) || !matchesGlob(stream.tap_stream_id, streamGlob)) continue;
    for (const [propertyGlob, replacement] of Object.entries(properties)) {
      schema = replaceProperty(schema, propertyGlob, replacement);
    }
  }
  return schema === stream.schema ? stream : { ...stream, schema };
}

/** Replaces all top-level properties that match; a name without wildcards is added when it is not there. */
function replaceProperty(schema: JsonObject, glob: string, replacement: JsonValue): JsonObject {
  const properties = propertiesOf(schema);
  const names = Object.keys(properties).filter((name) => matchesGlob(name, glob));
  if (names.length === 0 && !/[*?[]/.test(glob)) names.push(glob);
  if (names.length === 0) return schema;
  const changed = Object.fromEntries(names.map((name) => [name, replacement]));
  return { ...schema, properties: { ...properties, ...changed } };
}

function propertiesOf(schema: JsonValue | undefined): JsonObject {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) ? properties : {};
}

function applyMetadata(stream: CatalogStream, rules: readonly MetadataRule[]): CatalogStream {
  const mine = rules.filter((rule) => {
    const matches = rule.streams.some((pattern) => matchesGlob(stream.tap_stream_id, pattern));
    return matches !== rule.negated;
  });
  const legacy = mine
    .filter((rule) => rule.breadcrumb.length === 0)
    .map((rule) => [rule.key.replaceAll('-', '_'), rule.value] as const);
  return {
    ...stream,
    ...Object.fromEntries(legacy),
    metadata: completeMetadata(stream).map((entry) => applyToEntry(entry, mine)),
  };
}

/** Adds an entry for the stream and for every property that has none, as the tap may leave them out. */
function completeMetadata(stream: CatalogStream): readonly MetadataEntry[] {
  const given = (stream.metadata ?? []).filter((entry) => Array.isArray(entry.breadcrumb));
  const known = new Set(given.map((entry) => JSON.stringify(entry.breadcrumb)));
  const wanted: { breadcrumb: readonly string[]; inclusion: string }[] = [
    { breadcrumb: [], inclusion: 'automatic' },
  ];
  const visit = (schema: JsonValue, path: readonly string[]) => {
    for (const [name, property] of Object.entries(propertiesOf(schema))) {
      const breadcrumb = [...path, 'properties', name];
      wanted.push({ breadcrumb, inclusion: path.length === 0 ? 'automatic' : 'available' });
      visit(property, breadcrumb);
    }
  };
  visit(stream.schema, []);
  const added = wanted
    .filter(({ breadcrumb }) => !known.has(JSON.stringify(breadcrumb)))
    .map(({ breadcrumb, inclusion }) => ({ breadcrumb, metadata: { inclusion } }));
  return [...given, ...added];
}

function applyToEntry(entry: MetadataEntry, rules: readonly MetadataRule[]): MetadataEntry {
  const path = entry.breadcrumb.join('.');
  const metadata: Record<string, JsonValue> = { ...entry.metadata };
  for (const rule of rules) {
    if (!matchesGlob(path, rule.breadcrumb.join('.'))) continue;
    if (rule.key === 'selected' && rule.value === true && metadata['inclusion'] === 'unsupported') continue;
    metadata[rule.key] = rule.value;
  }
  return { ...entry, metadata };
}

function notFound(streams: readonly CatalogStream[], rules: readonly MetadataRule[]): readonly string[] {
  const warnings = new Set<string>();
  for (const rule of rules) {
    const [id = ''] = rule.streams;
    if (id.includes('*')) continue;
    const stream = streams.find((each) => matchesGlob(each.tap_stream_id, id));
    if (stream === undefined) {
      warnings.add(`Stream \`${id}\` was not found in the catalog`);
      continue;
    }
    const names = rule.breadcrumb.filter((_, index) => index % 2 === 1);
    const wildcard = names.findIndex((name) => name.includes('*'));
    const exact = wildcard === -1 ? names : names.slice(0, wildcard);
    if (!hasProperty(stream.schema, exact)) {
      warnings.add(`Property \`${exact.join('.')}\` was not found in the schema of stream \`${id}\``);
    }
  }
  return [...warnings];
}

function hasProperty(schema: JsonValue, names: readonly string[]): boolean {
  let at: JsonValue = schema;
  for (const name of names) {
    const properties = propertiesOf(at);
    const next = Object.keys(properties).find((key) => matchesGlob(key, name));
    if (next === undefined) return false;
    at = properties[next] ?? null;
  }
  return true;
}
