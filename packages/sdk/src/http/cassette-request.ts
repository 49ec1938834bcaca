import { isJsonArray, isJsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';

/** A request as a cassette keeps it: headers are left out, as they hold credentials. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: JsonValue;
}

export interface MatchOptions {
  readonly ignoreParams?: readonly string[];
}

/** Two requests with the same key get the same answer; the order of parameters and members does not matter. */
export function matchKey(request: RecordedRequest, { ignoreParams = [] }: MatchOptions): string {
  const url = new URL(request.url);
  for (const name of ignoreParams) url.searchParams.delete(name);
  url.searchParams.sort();
  return stringifyJson([request.method, url.origin + url.pathname, url.search, sorted(request.body ?? null)]);
}

function sorted(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** The recorded request that is most like this one, and what differs; undefined when nothing is recorded. */
export function differenceOf(
  request: RecordedRequest,
  recorded: readonly RecordedRequest[],
): string | undefined {
  const ranked = recorded
    .map((each) => ({ each, differences: differences(request, each) }))
    .sort((a, b) => a.differences.length - b.differences.length);
  const [best] = ranked;
  return best === undefined
    ? undefined
    : `${best.each.method} ${best.each.url} (${best.differences.join(', ') || 'nothing differs but their order'})`;
}

function differences(a: RecordedRequest, b: RecordedRequest): readonly string[] {
  const [left, right] = [new URL(a.url), new URL(b.url)];
  const found: string[] = [];
  if (a.method !== b.method) found.push(`method ${b.method}`);
  if (left.origin + left.pathname !== right.origin + right.pathname)
    found.push('another address', 'another path');
  for (const name of new Set([...left.searchParams.keys(), ...right.searchParams.keys()])) {
    const [mine, theirs] = [left.searchParams.getAll(name).join(), right.searchParams.getAll(name).join()];
    if (mine !== theirs) found.push(`${name}=${theirs || '(absent)'}`);
  }
  if (stringifyJson(sorted(a.body ?? null)) !== stringifyJson(sorted(b.body ?? null)))
    found.push('another body');
  return found;
}
