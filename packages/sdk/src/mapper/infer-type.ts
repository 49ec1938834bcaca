import type { JsonObject } from '@meltano/foundation/json';

const beginnings: readonly (readonly [string, JsonObject])[] = [
  ['float(', { type: ['number'] }],
  ['int(', { type: ['integer'] }],
  ['str(', { type: ['string'] }],
  ['bool(', { type: ['boolean'] }],
  ['json.dumps(', { type: ['string'] }],
];
const date: JsonObject = { type: ['string'], format: 'date' };
const dateTime: JsonObject = { type: ['string'], format: 'date-time' };

/**
 * The type that the text of an expression says it has, as the Meltano SDK tells it: by how it begins and ends.
 * Undefined when the text says nothing.
 */
export function inferType(expression: string): JsonObject | undefined {
  for (const [beginning, type] of beginnings) if (expression.startsWith(beginning)) return type;
  if (/^datetime\.date[.(]/.test(expression) || expression.endsWith('.date()')) return date;
  if (/^datetime\.datetime[.(]/.test(expression)) return dateTime;
  return expression.startsWith("'") && expression.endsWith("'") ? { type: ['string'] } : undefined;
}
