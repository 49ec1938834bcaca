import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../../schema/member.ts';

/**
 * The document with every `$ref` replaced by what it names, and with `$parameters` handed down: their values fill
 * `{{ parameters.x }}` and members that a component does not have itself. Throws a `RangeError` for a circle.
 */
export function resolveReferences(document: JsonObject): JsonObject {
  const budget = { left: maxNodes };
  return resolve(document, { root: document, parameters: {}, member: '', depth: 0, budget }) as JsonObject;
}

/** References that name each other several times multiply: what they make is bounded. */
const maxNodes = 1_000_000;

/** Members that parameters may fill; others are only for templates. */
const fillable = ['name', 'path', 'primary_key', 'url_base', 'http_method', 'cursor_field'];

interface Resolving {
  readonly root: JsonObject;
  readonly parameters: JsonObject;
  /** The member that the value stands under, which tells its type where that is left out. */
  readonly member: string;
  readonly depth: number;
  readonly budget: { left: number };
}

function resolve(value: JsonValue, given: Resolving): JsonValue {
  const { root, parameters } = given;
  if (given.depth > 100) throw new RangeError('the references go round in a circle');
  given.budget.left -= 1;
  if (given.budget.left < 0) throw new RangeError('the references multiply beyond all measure');
  const inner = { ...given, depth: given.depth + 1 };
  if (typeof value === 'string') {
    if (value.startsWith('#/')) return resolve(lookUp(value, root), inner);
    return withParameters(value, parameters);
  }
  if (isJsonArray(value)) return value.map((each) => resolve(each, inner));
  if (!isJsonObject(value)) return value;
  const { $ref: reference, ...own } = value;
  if (typeof reference === 'string') {
    const target = lookUp(reference, root);
    if (!isJsonObject(target)) return resolve(target, inner);
    const both = merged(target['$parameters'], own['$parameters']);
    return resolve({ ...target, ...own, $parameters: both }, inner);
  }
  const known = merged(own['$parameters'], parameters, true);
  const made: Record<string, JsonValue> = {};
  for (const [name, each] of Object.entries(own)) {
    if (name === '$parameters' || name === 'definitions') continue;
    // What a schema has is no component.
    const handed = name === 'schema' ? {} : known;
    setMember(made, name, resolve(each, { ...inner, parameters: handed, member: name }));
  }
  const usual = usualTypes[given.member];
  if (usual !== undefined && made['type'] === undefined) made['type'] = usual;
  if (typeof made['type'] === 'string') fill(made, known);
  return made;
}

/** Types that older manifests leave out. */
const usualTypes: Readonly<Record<string, string>> = {
  streams: 'DeclarativeStream',
  stream: 'DeclarativeStream',
  retriever: 'SimpleRetriever',
  requester: 'HttpRequester',
  record_selector: 'RecordSelector',
  extractor: 'DpathExtractor',
  record_filter: 'RecordFilter',
  paginator: 'DefaultPaginator',
  incremental_sync: 'DatetimeBasedCursor',
  error_handler: 'DefaultErrorHandler',
};

const ownersOf: Readonly<Record<string, readonly string[]>> = {
  name: ['DeclarativeStream', 'StateDelegatingStream'],
  primary_key: ['DeclarativeStream'],
  path: ['HttpRequester'],
  url_base: ['HttpRequester'],
  http_method: ['HttpRequester'],
  cursor_field: ['DatetimeBasedCursor'],
};

function fill(made: Record<string, JsonValue>, parameters: JsonObject): void {
  for (const name of fillable) {
    const value = parameters[name];
    const owners = ownersOf[name] ?? [];
    if (made[name] === undefined && value !== undefined && owners.includes(String(made['type'])))
      made[name] = value;
  }
}

function merged(low: JsonValue | undefined, high: JsonValue | undefined, inner = false): JsonObject {
  const [a, b] = [isJsonObject(low) ? low : {}, isJsonObject(high) ? high : {}];
  // What stands nearer to the component wins over what was handed down.
  return inner ? { ...b, ...a } : { ...a, ...b };
}

/** What a reference names. Throws a `RangeError` where that is not there. */
export function lookUp(reference: string, root: JsonObject): JsonValue {
  let found: JsonValue | undefined = root;
  for (const part of reference.replace(/^#\//, '').split('/'))
    found = isJsonObject(found) ? found[part] : isJsonArray(found) ? found[Number(part)] : undefined;
  if (found === undefined) throw new RangeError(`there is no ${reference}`);
  return found;
}

function withParameters(text: string, parameters: JsonObject): string {
  const whole = /\{\{\s*parameters(?:\.(\w+)|\[\s*["']([\w.-]+)["']\s*\])\s*\}\}/g;
  const inner = /\bparameters(?:\.(\w+)|\[\s*["']([\w.-]+)["']\s*\])/g;
  const value = (a: string | undefined, b: string | undefined) => parameters[a ?? b ?? ''];
  return text
    .replace(whole, (found, a?: string, b?: string) => {
      const known = value(a, b);
      return known === undefined ? found : String(known);
    })
    .replace(inner, (found, a?: string, b?: string) => {
      const known = value(a, b);
      return known === undefined ? found : JSON.stringify(known);
    });
}
