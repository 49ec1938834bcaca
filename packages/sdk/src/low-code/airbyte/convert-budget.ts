import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { secondsOf } from './convert-duration.ts';
import { listOf, objectOf } from './problem.ts';

/** `rate_limits` of the API: what the budget says of all requests, in numbers. Limits of single paths are not kept. */
export function convertBudget(budget: JsonValue | undefined): JsonObject {
  const limits = listOf(objectOf(budget)['policies'])
    .map(objectOf)
    .filter(({ matchers }) => listOf(matchers).map(objectOf).every(matchesAll))
    .flatMap(limitsOf);
  return limits.length === 0 ? {} : { rate_limits: limits };
}

/** A method alone tells hardly any requests apart: nearly all of an API's are alike. */
function matchesAll({ url_path_pattern: pattern, params, headers }: JsonObject): boolean {
  const isAny = pattern === undefined || pattern === null || pattern === '.*';
  return isAny && params === undefined && headers === undefined;
}

function limitsOf(policy: JsonObject): readonly JsonObject[] {
  const { type, period, call_limit: limit } = policy;
  const rates =
    type === 'FixedWindowCallRatePolicy' ? [{ limit, interval: period }] : listOf(policy['rates']);
  return rates.flatMap((each) => {
    const { limit: requests, interval } = objectOf(each as JsonValue);
    const seconds = secondsOf(String(interval), 'longest');
    return typeof requests === 'number' && requests >= 1 && seconds !== undefined && seconds > 0
      ? [{ requests, seconds }]
      : [];
  });
}
