import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { authoringError } from '../errors.ts';

/** A document of OpenAPI 3.0 or 3.1 or of Swagger 2.0, its differences evened out. */
export interface ApiDocument {
  readonly title: string;
  /** Undefined when the document names no whole address. */
  readonly baseUrl: string | undefined;
  readonly operations: readonly ApiOperation[];
  /** Security schemes by name, those that the document asks for first. */
  readonly securitySchemes: readonly JsonObject[];
  /** What a value stands for, references followed; undefined when a reference leads nowhere or out of the document. */
  resolve(value: JsonValue | undefined): JsonObject | undefined;
}

export interface ApiOperation {
  readonly path: string;
  readonly parameters: readonly ApiParameter[];
  /** Of the successful answer; undefined when it is not JSON. */
  readonly response: JsonObject | undefined;
  /** Names of the headers that the answer declares, in small letters. */
  readonly headers: readonly string[];
  readonly deprecated: boolean;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: JsonObject;
}

/** Throws `authoring.unreadable_document` for what is no such document. */
export function readApiDocument(root: JsonValue, address: string | undefined): ApiDocument {
  if (!isJsonObject(root) || !isJsonObject(root['paths']) || !/^(?:2\.0|3\.[01])/.test(versionOf(root))) {
    throw authoringError('unreadable_document', {
      message: 'This is no document of OpenAPI 3.0, 3.1 or Swagger 2.0',
      hint: 'give a document with "openapi" or "swagger", and "paths"',
    });
  }
  const resolve = resolver(root);
  const title = resolve(root['info'])?.['title'];
  return {
    title: typeof title === 'string' ? title : 'API',
    baseUrl: baseUrlOf(root, address),
    operations: Object.entries(root['paths']).flatMap(([path, item]) => {
      const found = getOperation(path, resolve(item), resolve);
      return found === undefined ? [] : [found];
    }),
    securitySchemes: securitySchemesOf(root, resolve),
    resolve,
  };
}

function versionOf(root: JsonObject): string {
  return String(root['openapi'] ?? root['swagger'] ?? '');
}

type Resolve = ApiDocument['resolve'];

function resolver(root: JsonObject): Resolve {
  return (value) => {
    let found = value;
    for (let steps = 0; steps < 20; steps += 1) {
      const reference = isJsonObject(found) ? found['$ref'] : undefined;
      if (typeof reference !== 'string') return isJsonObject(found) ? found : undefined;
      found = reference.startsWith('#') ? pointed(root, reference.slice(1)) : undefined;
    }
    return undefined;
  };
}

/** JSON Pointer (RFC 6901) in a URI fragment. */
function pointed(root: JsonObject, pointer: string): JsonValue | undefined {
  let found: JsonValue | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isJsonObject(found) ? found[name] : undefined;
  }
  return found;
}

function baseUrlOf(root: JsonObject, address: string | undefined): string | undefined {
  const [server] = listOf(root['servers']);
  const given = isJsonObject(server) ? withVariables(server) : swaggerUrl(root, address);
  if (given === undefined) return undefined;
  const whole = URL.canParse(given, address) ? new URL(given, address).href : undefined;
  return whole?.replace(/\/$/, '');
}

function withVariables(server: JsonObject): string | undefined {
  const variables = isJsonObject(server['variables']) ? server['variables'] : {};
  const { url } = server;
  if (typeof url !== 'string') return undefined;
  return url.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const variable = variables[name];
    return isJsonObject(variable) ? String(variable['default'] ?? '') : '';
  });
}

function swaggerUrl(root: JsonObject, address: string | undefined): string | undefined {
  const { host, basePath = '/' } = root;
  if (typeof host !== 'string') return address === undefined ? undefined : String(basePath);
  const schemes = listOf(root['schemes']);
  return `${schemes.includes('https') || schemes.length === 0 ? 'https' : String(schemes[0])}://${host}${String(basePath)}`;
}

function getOperation(
  path: string,
  item: JsonObject | undefined,
  resolve: Resolve,
): ApiOperation | undefined {
  const operation = resolve(item?.['get']);
  if (operation === undefined) return undefined;
  const parameters = new Map<string, ApiParameter>();
  for (const each of [...listOf(item?.['parameters']), ...listOf(operation['parameters'])]) {
    const parameter = parameterOf(resolve(each), resolve);
    if (parameter !== undefined) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  const answer = answerOf(resolve(operation['responses']), resolve);
  return {
    path,
    parameters: [...parameters.values()],
    response: answer === undefined ? undefined : bodyOf(answer, resolve),
    headers: Object.keys(resolve(answer?.['headers']) ?? {}).map((name) => name.toLowerCase()),
    deprecated: operation['deprecated'] === true,
  };
}

function parameterOf(parameter: JsonObject | undefined, resolve: Resolve): ApiParameter | undefined {
  const { name, in: place, required } = parameter ?? {};
  if (parameter === undefined || typeof name !== 'string' || typeof place !== 'string') return undefined;
  // Swagger has the members of the schema in the parameter itself.
  const schema = resolve(parameter['schema']) ?? parameter;
  return { name, in: place, required: required === true, schema };
}

function answerOf(responses: JsonObject | undefined, resolve: Resolve): JsonObject | undefined {
  const codes = Object.keys(responses ?? {});
  const code = codes.find((each) => /^2(?:\d\d|XX)$/i.test(each)) ?? codes.find((each) => each === 'default');
  return code === undefined ? undefined : resolve(responses?.[code]);
}

function bodyOf(answer: JsonObject, resolve: Resolve): JsonObject | undefined {
  const content = resolve(answer['content']);
  if (content === undefined) return isJsonObject(answer['schema']) ? answer['schema'] : undefined;
  const type = Object.keys(content).find((each) => /^(?:application\/(?:[\w.-]+\+)?json|\*\/\*)/.test(each));
  const media = type === undefined ? undefined : resolve(content[type]);
  // Not resolved: a reference tells of a schema that refers to itself.
  return isJsonObject(media?.['schema']) ? media['schema'] : undefined;
}

function securitySchemesOf(root: JsonObject, resolve: Resolve): readonly JsonObject[] {
  const components = resolve(root['components']);
  const schemes = resolve(components?.['securitySchemes'] ?? root['securityDefinitions']) ?? {};
  const asked = listOf(root['security']).flatMap((each) => (isJsonObject(each) ? Object.keys(each) : []));
  const names = [...new Set([...asked, ...Object.keys(schemes)])];
  return names.map((name) => resolve(schemes[name])).filter((scheme) => scheme !== undefined);
}

/** The items of what is a list. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return value !== undefined && isJsonArray(value) ? value : [];
}
