import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { memberPath } from './member-path.ts';

/** A guess at how an API is paged through. */
export interface FoundPages {
  /** The code of the paginator, and the name it is imported by. */
  readonly code: string;
  readonly name: string;
  /** What the guess rests on. */
  readonly evidence: string;
}

/** From the headers and the body of a first page; undefined when nothing tells of more pages. */
export function findPages(headers: Headers, body: JsonValue, url: string): FoundPages | undefined {
  const link = headers.get('link');
  if (link !== null && /rel="?next/.test(link))
    return { code: 'linkHeader()', name: 'linkHeader', evidence: `the response header Link: ${link}` };
  for (const header of ['x-next-page', 'x-next-cursor', 'x-next-page-token']) {
    const value = headers.get(header);
    if (value === null) continue;
    const param = header === 'x-next-page' ? 'page' : 'cursor';
    return {
      code: `cursorPages({ from: { header: '${header}' }, param: '${param}' })`,
      name: 'cursorPages',
      evidence: `the response header ${header}: ${value}`,
    };
  }
  return isJsonObject(body) ? inBody(membersOf(body), new URL(url)) : undefined;
}

interface Member {
  readonly path: string;
  readonly name: string;
  readonly value: JsonValue;
}

/** Members of the body and of the objects in it, but not of records. */
function membersOf(body: JsonObject, path = '$', depth = 0): readonly Member[] {
  return Object.entries(body).flatMap(([name, value]) => {
    const own = { path: memberPath(path, name), name, value };
    return isJsonObject(value) && depth < 2 ? [own, ...membersOf(value, own.path, depth + 1)] : [own];
  });
}

type Guess = (members: readonly Member[], url: URL) => FoundPages | undefined;

const guesses: readonly Guess[] = [nextAddress, token, pageNumber, lastRecord, offset];

function inBody(members: readonly Member[], url: URL): FoundPages | undefined {
  for (const guess of guesses) {
    const found = guess(members, url);
    if (found !== undefined) return found;
  }
  return undefined;
}

function evidenceOf({ path, value }: Member): string {
  const text = JSON.stringify(value);
  return `${path} is ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`;
}

function nextAddress(members: readonly Member[]): FoundPages | undefined {
  const found = members.find(
    ({ name, value }) =>
      /^(?:@odata\.)?next(?:_?(?:link|url|page|page_url|href))?$/i.test(name) &&
      typeof value === 'string' &&
      /^(?:https?:\/\/|\/|\?)/.test(value),
  );
  return found && { code: `nextLink('${found.path}')`, name: 'nextLink', evidence: evidenceOf(found) };
}

function lastRecord(members: readonly Member[]): FoundPages | undefined {
  const more = members.find(({ name }) => name === 'has_more');
  const hasToken = token(members) !== undefined || members.some(({ name }) => /cursor|token/i.test(name));
  if (more === undefined || hasToken) return undefined;
  return {
    code: `afterLastRecord({ from: 'id', param: 'starting_after', more: '${more.path}' })`,
    name: 'afterLastRecord',
    evidence: `${evidenceOf(more)}, and there is no token; the name of the parameter is a guess`,
  };
}

const tokenNames =
  /^(?:next_?(?:cursor|page_?token|token|page|page_?cursor)|cursor|after|end_?cursor|continuation(?:_?token)?)$/i;

function token(members: readonly Member[]): FoundPages | undefined {
  const found = members.find(({ name, value }) => {
    const isToken = tokenNames.test(name) || (/^next$/i.test(name) && isTokenLike(value));
    return isToken && (typeof value === 'string' || typeof value === 'number') && value !== '';
  });
  if (found === undefined) return undefined;
  const param = found.name.replace(/^next_?/i, '').replace(/^end_?cursor$/i, 'after') || 'cursor';
  const written = param.slice(0, 1).toLowerCase() + param.slice(1);
  return {
    code: `cursorPages({ from: '${found.path}', param: '${written}' })`,
    name: 'cursorPages',
    evidence: `${evidenceOf(found)}; the name of the parameter is a guess`,
  };
}

/** Of a name that says little: a number, or a text without spaces that has a digit or is long. */
function isTokenLike(value: JsonValue): boolean {
  return (
    typeof value === 'number' || (typeof value === 'string' && /^(?=.*\d|.{16})[\w\-+/=.:|~]+$/.test(value))
  );
}

/** The number of this page, with what says how many there are or whether there are more. */
function pageNumber(members: readonly Member[]): FoundPages | undefined {
  const numeric = (pattern: RegExp) =>
    members.find(({ name, value }) => pattern.test(name) && typeof value === 'number');
  const number = numeric(/^(?:page|current_?page|page_?number)$/i);
  const pages = numeric(/^(?:total_?pages|page_?count|pages|last_?page)$/i);
  const more = members.find(
    ({ name, value }) => /^has_?(?:more|next)$/i.test(name) && typeof value === 'boolean',
  );
  const end = pages ?? (number === undefined ? undefined : (more ?? numeric(totalNames)));
  if (end === undefined) return undefined;
  const size = number === undefined ? undefined : numeric(sizeNames);
  const option = end === pages ? 'pages' : end === more ? 'more' : 'total';
  const parts = [
    `param: '${number?.name.replace(/^current_?/i, '') ?? 'page'}'`,
    ...(size === undefined ? [] : [`size: { param: '${size.name}', value: ${String(size.value)} }`]),
    `${option}: '${end.path}'`,
  ];
  return {
    code: `pageNumbers({ ${parts.join(', ')} })`,
    name: 'pageNumbers',
    evidence: [end, ...(number === undefined ? [] : [number])].map(evidenceOf).join('; '),
  };
}

const totalNames = /^(?:total|total_?(?:count|results|records)|count)$/i;
const sizeNames = /^(?:limit|per_?page|page_?size|take)$/i;

function offset(members: readonly Member[], url: URL): FoundPages | undefined {
  const total = members.find(({ name, value }) => totalNames.test(name) && typeof value === 'number');
  const start = members.find(({ name }) => /^(?:offset|skip|start)$/i.test(name));
  const size = members.find(({ name, value }) => sizeNames.test(name) && typeof value === 'number');
  if (total === undefined || (start === undefined && !url.searchParams.has('offset'))) return undefined;
  return {
    code: `offsets({ param: '${start?.name ?? 'offset'}', size: { param: '${size?.name ?? 'limit'}', value: ${String(size?.value ?? 100)} }, total: '${total.path}' })`,
    name: 'offsets',
    evidence: [total, ...(start === undefined ? [] : [start])].map(evidenceOf).join('; '),
  };
}
