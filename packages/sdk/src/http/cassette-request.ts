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

/** Members and parameters that hold credentials, whatever their value. */
const secretNames =
  /^(?:access_?token|api_?key|apikey|auth_?token|client_?secret|password|refresh_?token|secret|token|assertion|signature)$/i;

export const hidden = '(secret)';

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

/** Takes given texts out of a value wherever they stand, and whatever stands under the name of a credential. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  const texts = secrets.filter((secret) => secret !== '');
  const clean = (text: string) => {
    let result = text;
    for (const secret of texts) {
      for (const spelling of new Set([secret, encodeURIComponent(secret)]))
        result = result.replaceAll(spelling, hidden);
    }
    return cleanUrl(result);
  };
  const visit = (each: JsonValue, name?: string): JsonValue => {
    if (typeof each === 'string') return name !== undefined && secretNames.test(name) ? hidden : clean(each);
    if (isJsonArray(each)) return each.map((item) => visit(item));
    if (!isJsonObject(each)) return each;
    return Object.fromEntries(Object.entries(each).map(([key, member]) => [key, visit(member, key)]));
  };
  return visit(value as JsonValue) as T;
}

function cleanUrl(text: string): string {
  return text.replaceAll(/([?&])([\w.-]+)=([^&#\s">]*)/g, (whole, lead: string, name: string) =>
    secretNames.test(name) ? `${lead}${name}=${encodeURIComponent(hidden)}` : whole,
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
