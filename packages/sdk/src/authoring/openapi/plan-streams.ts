import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { FoundPages } from '../probe/find-pages.ts';
import type { ApiDocument, ApiOperation } from './api-document.ts';
import { openSchema, propertiesOf, typeOf } from './api-schema.ts';
import { findList } from './find-list.ts';
import { guessPages } from './guess-pages.ts';

/** A stream that a list operation becomes. */
export interface StreamPlan {
  readonly name: string;
  /** With `{parent.field}` where the path names a record of another stream. */
  readonly path: string;
  readonly records: string | undefined;
  readonly item: JsonValue;
  readonly key: string | undefined;
  readonly replicationKey: string | undefined;
  readonly since: string | undefined;
  readonly pages: FoundPages | undefined;
  /** Parameters that must be there, with their defaults. */
  readonly params: JsonObject;
  /** Members of the partition, and the schema of each. */
  readonly members: Readonly<Record<string, JsonValue | undefined>>;
  /** Members that the records have themselves, under other names. */
  readonly repeated: readonly string[];
  /** Members that no parent gives: the stream can be read when an author gives it partitions. */
  readonly needs: readonly string[];
}

export interface StreamPlans {
  readonly streams: readonly StreamPlan[];
  /** What became no stream, and why. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

type Planned = StreamPlan | { readonly reason: string };

/** Streams of the operations that list, parents before their children. */
export function planApiStreams(document: ApiDocument): StreamPlans {
  const byPath = new Map<string, StreamPlan>();
  const names = new Set<string>();
  const leftOut: { path: string; reason: string }[] = [];
  // A parent's path is shorter than its children's.
  const depth = ({ path }: ApiOperation) => path.split('/').length;
  for (const operation of [...document.operations].sort((a, b) => depth(a) - depth(b))) {
    const plan = planStream(operation, document, byPath, names);
    if ('reason' in plan) leftOut.push({ path: operation.path, reason: plan.reason });
    else {
      byPath.set(anonymous(operation.path), plan);
      names.add(plan.name);
    }
  }
  return { streams: [...byPath.values()], leftOut };
}

const anonymous = (path: string) => path.replaceAll(/\{[^}]*\}/g, '{}').replace(/\/$/, '');

function planStream(
  operation: ApiOperation,
  document: ApiDocument,
  byPath: ReadonlyMap<string, StreamPlan>,
  names: ReadonlySet<string>,
): Planned {
  const { path, response, parameters, deprecated } = operation;
  if (deprecated) return { reason: 'it is deprecated' };
  if (/\}\/?$/.test(path)) return { reason: 'it reads one record' };
  if (response === undefined) return { reason: 'its answer is not JSON, or not described' };
  const words = path.split('/').filter((word) => word !== '' && !word.startsWith('{'));
  const list = findList(response, document, words.at(-1) ?? '');
  if ('reason' in list) return list;
  const pages = guessPages(operation, document);
  const needed = parameters.filter(
    (each) => each.required && each.in !== 'path' && !isOfPages(each.name, pages),
  );
  const missing = needed.find((each) => each.in !== 'query' || defaultOf(each.schema) === undefined);
  if (missing !== undefined) return { reason: `it needs the parameter "${missing.name}"` };
  const name = nameOf(words, names);
  const properties = propertiesOf(openSchema(list.item, document.resolve));
  const replicationKey = replicationKeyOf(properties, document);
  const placed = placedPath(operation, byPath, document);
  return {
    ...placed,
    repeated: repeatedIn(properties, placed.path, operation),
    name,
    records: list.path,
    item: list.item,
    key: keyOf(properties, document, path),
    replicationKey,
    since: replicationKey === undefined ? undefined : sinceOf(operation),
    pages,
    params: Object.fromEntries(needed.map((each) => [each.name, defaultOf(each.schema) ?? null])),
  };
}

/** `customers_id` below `/customers/{customerId}` where the records have `customer_id`. */
function repeatedIn(properties: JsonObject, placed: string, { path }: ApiOperation): readonly string[] {
  const own = new Set(Object.keys(properties).map(bare));
  const parameters = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const members = [...placed.matchAll(/\{([\w-]+)(?:\.([\w-]+))?\}/g)];
  return members.flatMap(([, stream = '', field], at) => {
    if (field === undefined) return [];
    const spellings = [parameters[at] ?? '', `${singularOf(stream)}_${field}`];
    const isThere = spellings.some((name) => bare(name) !== 'id' && own.has(bare(name)));
    return isThere ? [`${stream}_${field}`] : [];
  });
}

/** A name without its spelling. */
const bare = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase();

const singularOf = (word: string) => word.replace(/ies$/, 'y').replace(/s$/, '');

function isOfPages(name: string, pages: FoundPages | undefined): boolean {
  return pages?.code.includes(`param: '${name}'`) === true;
}

function defaultOf(schema: JsonObject): JsonValue | undefined {
  const { default: initial, enum: values } = schema;
  return initial ?? (Array.isArray(values) ? (values as readonly JsonValue[])[0] : undefined);
}

/** The path with its parent in it: `/users/{userId}/orders` below the list at `/users`. */
function placedPath(
  { path, parameters }: ApiOperation,
  byPath: ReadonlyMap<string, StreamPlan>,
  document: ApiDocument,
): Pick<StreamPlan, 'path' | 'members' | 'needs'> {
  const at = path.lastIndexOf('{');
  const end = path.indexOf('}', at);
  const before = path.slice(0, Math.max(at, 0));
  const parent = before.endsWith('/') ? byPath.get(anonymous(before)) : undefined;
  const field = parent && parentField(parent, path.slice(at + 1, end), document);
  if (parent === undefined || field === undefined) {
    const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
    const schemaOf = (name: string) =>
      parameters.find((each) => each.in === 'path' && each.name === name)?.schema ?? { type: 'string' };
    return { path, members: Object.fromEntries(names.map((name) => [name, schemaOf(name)])), needs: names };
  }
  // What the parent's own path names is part of the partition by now.
  const above = parent.path.replaceAll(/\{([\w-]+)\.([\w-]+)\}/g, '{$1_$2}').replace(/\/$/, '');
  return {
    path: `${above}/{${parent.name}.${field.name}}${path.slice(end + 1)}`,
    members: { ...parent.members, [`${parent.name}_${field.name}`]: field.property },
    needs: parent.needs,
  };
}

/** The property of a parent's record that stands for a parameter in the path. */
function parentField(
  parent: StreamPlan,
  parameter: string,
  { resolve }: ApiDocument,
): { readonly name: string; readonly property: JsonValue | undefined } | undefined {
  const properties = propertiesOf(openSchema(parent.item, resolve));
  const likely = [parameter, withoutWord(parameter, parent.name), parent.key];
  const name = likely.find((each) => each !== undefined && each in properties && /^[\w-]+$/.test(each));
  return name === undefined ? undefined : { name, property: properties[name] };
}

/** `userId`, `user_id` below `users`: `id`. */
function withoutWord(parameter: string, stream: string): string {
  const words = parameter
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_-]/);
  const last = words.at(-1) ?? '';
  return words.length > 1 && stream.startsWith(words[0]?.slice(0, 3) ?? '') ? last : parameter;
}

function nameOf(words: readonly string[], taken: ReadonlySet<string>): string {
  for (let count = 1; count <= words.length; count += 1) {
    const name = snake(words.slice(-count).join('_'));
    if (!taken.has(name)) return name;
  }
  let number = 2;
  while (taken.has(`${snake(words.join('_'))}_${number}`)) number += 1;
  return `${snake(words.join('_')) || 'records'}_${number}`;
}

function snake(text: string): string {
  const name = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/\W+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(name) ? name : name === '' ? '' : `n${name}`;
}

/** A property that names a record: `id`, what the path of a single record names, or another likely one. */
function keyOf(
  properties: JsonObject,
  { resolve, operations }: ApiDocument,
  path: string,
): string | undefined {
  const word = path.split('/').findLast((each) => each !== '') ?? '';
  const singular = singularOf(snake(word));
  const ofOne = operations.flatMap((each) => {
    const isOne = anonymous(each.path) === `${anonymous(path)}/{}`;
    const parameter = isOne ? (/\{([^}]+)\}\/?$/.exec(each.path)?.[1] ?? '') : '';
    return [parameter, withoutWord(parameter, snake(word))];
  });
  const first = ['id', 'Id', 'ID', '_id', 'uuid', 'guid'];
  const last = ['key', 'sha', 'code', 'slug', `${singular}_id`, `${singular}Id`];
  const likely = [...first, ...ofOne, ...last];
  return likely.find((name) => {
    const type = name in properties ? typeOf(openSchema(properties[name], resolve) ?? {}) : undefined;
    return type === 'string' || type === 'integer' || type === 'number';
  });
}

function replicationKeyOf(properties: JsonObject, { resolve }: ApiDocument): string | undefined {
  const likely =
    /^(?:updated|modified|changed|last_?(?:updated|modified|changed))(?:_?(?:at|on|date|time|timestamp))?$/i;
  return Object.keys(properties).find((name) => {
    const schema = likely.test(name) ? openSchema(properties[name], resolve) : undefined;
    return schema?.['format'] === 'date-time';
  });
}

function sinceOf({ parameters }: ApiOperation): string | undefined {
  const likely =
    /^(?:since|(?:updated|modified|changed)(?:_?at)?[_.[]?(?:since|after|from|gte?|min)\]?|(?:if_?)?modified_?since|start_?(?:date|time)|from(?:_?date)?)$/i;
  return parameters.find((each) => each.in === 'query' && likely.test(each.name))?.name;
}
