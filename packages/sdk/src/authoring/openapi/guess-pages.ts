import type { JsonObject } from '@meltano/foundation/json';
import type { FoundPages } from '../probe/find-pages.ts';
import { memberPath } from '../probe/member-path.ts';
import type { ApiDocument, ApiOperation, ApiParameter } from './api-document.ts';
import { openSchema, propertiesOf, typeOf } from './api-schema.ts';

interface Field {
  readonly name: string;
  readonly path: string;
}

interface Clues {
  /** Parameters in the query. */
  readonly parameters: readonly ApiParameter[];
  /** Members of the answer that are plain values. */
  readonly fields: readonly Field[];
  readonly headers: readonly string[];
}

type Guess = (clues: Clues) => FoundPages | undefined;

const guesses: readonly Guess[] = [nextAddress, header, token, lastRecord, numbers, offset];

/** How a list is paged through, from the parameters and the answer that are described; undefined when nothing tells. */
export function guessPages(operation: ApiOperation, document: ApiDocument): FoundPages | undefined {
  const response = openSchema(operation.response, document.resolve);
  const clues: Clues = {
    parameters: operation.parameters.filter((each) => each.in === 'query'),
    fields: response === undefined ? [] : fieldsOf(response, document, '$', 0),
    headers: operation.headers,
  };
  for (const guess of guesses) {
    const found = guess(clues);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fieldsOf(schema: JsonObject, document: ApiDocument, path: string, depth: number): readonly Field[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, value]) => {
    const property = openSchema(value, document.resolve) ?? {};
    const at = memberPath(path, name);
    const type = typeOf(property);
    if (type === 'array') return [];
    return type === 'object'
      ? depth < 2
        ? fieldsOf(property, document, at, depth + 1)
        : []
      : [{ name, path: at }];
  });
}

const parameterLike = ({ parameters }: Clues, pattern: RegExp) =>
  parameters.find(({ name }) => pattern.test(name));
const fieldLike = ({ fields }: Clues, pattern: RegExp) => fields.find(({ name }) => pattern.test(name));

const cursorNames =
  /^(?:cursor|after|page_?token|next_?token|page_?cursor|next_?cursor|continuation(?:_?token)?|starting_?after)$/i;

function nextAddress(clues: Clues): FoundPages | undefined {
  const field = fieldLike(clues, /^(?:@odata\.)?next(?:_?(?:link|url|page_url|href))?$/i);
  // Beside a parameter for it, what is called "next" is more likely a token.
  if (field === undefined || (field.name === 'next' && parameterLike(clues, cursorNames) !== undefined))
    return undefined;
  return { name: 'nextLink', code: `nextLink('${field.path}')`, evidence: `the answer has ${field.path}` };
}

function header({ headers }: Clues): FoundPages | undefined {
  return headers.includes('link')
    ? { name: 'linkHeader', code: 'linkHeader()', evidence: 'the answer has the header Link' }
    : undefined;
}

function token(clues: Clues): FoundPages | undefined {
  const parameter = parameterLike(clues, cursorNames);
  const field = fieldLike(
    clues,
    /^(?:next|next_?(?:cursor|page_?token|token|page|page_?cursor)|cursor|after|end_?cursor|continuation(?:_?token)?)$/i,
  );
  if (parameter === undefined || field === undefined) return undefined;
  return {
    name: 'cursorPages',
    code: `cursorPages({ from: '${field.path}', param: '${parameter.name}' })`,
    evidence: `the parameter ${parameter.name}, and ${field.path} in the answer`,
  };
}

function lastRecord(clues: Clues): FoundPages | undefined {
  const parameter = parameterLike(clues, /^starting_?after$/i);
  const more = fieldLike(clues, /^has_?more$/i);
  if (parameter === undefined || more === undefined) return undefined;
  return {
    name: 'afterLastRecord',
    code: `afterLastRecord({ from: 'id', param: '${parameter.name}', more: '${more.path}' })`,
    evidence: `the parameter ${parameter.name}, and ${more.path} in the answer`,
  };
}

function sizeOf(clues: Clues): { readonly code: string } | undefined {
  const parameter = parameterLike(
    clues,
    /^(?:limit|per_?page|page_?size|size|count|take|max_?results|\$top)$/i,
  );
  if (parameter === undefined) return undefined;
  const { maximum, default: initial } = parameter.schema;
  const value = [maximum, initial].find((each) => typeof each === 'number' && each > 0 && each <= 10_000);
  return { code: `{ param: '${parameter.name}', value: ${String(value ?? 100)} }` };
}

function numbers(clues: Clues): FoundPages | undefined {
  const parameter = parameterLike(clues, /^(?:page|page_?(?:number|no|index)|p)$/i);
  if (parameter === undefined) return undefined;
  const pages = fieldLike(clues, /^(?:total_?pages|page_?count|pages|last_?page)$/i);
  const size = sizeOf(clues);
  const { default: initial, minimum } = parameter.schema;
  const options = [
    `param: '${parameter.name}'`,
    ...(initial === 0 || (initial === undefined && minimum === 0) ? ['start: 0'] : []),
    ...(size === undefined ? [] : [`size: ${size.code}`]),
    ...(pages === undefined ? [] : [`pages: '${pages.path}'`]),
  ];
  return {
    name: 'pageNumbers',
    code: `pageNumbers({ ${options.join(', ')} })`,
    evidence: `the parameter ${parameter.name}`,
  };
}

function offset(clues: Clues): FoundPages | undefined {
  const parameter = parameterLike(clues, /^(?:offset|skip|start|start_?(?:at|index)|\$skip)$/i);
  const size = sizeOf(clues);
  if (parameter === undefined || size === undefined) return undefined;
  const total = fieldLike(clues, /^(?:total|total_?(?:count|results|records|size))$/i);
  const options = [
    `param: '${parameter.name}'`,
    `size: ${size.code}`,
    ...(total === undefined ? [] : [`total: '${total.path}'`]),
  ];
  return {
    name: 'offsets',
    code: `offsets({ ${options.join(', ')} })`,
    evidence: `the parameter ${parameter.name}`,
  };
}
