import { ExactNumber } from '@meltano/foundation/json';
import type { LogFields } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';

/** The same fields with secrets removed from all text at any depth, keys included. */
export function redactFields(fields: LogFields, redactor: Redactor): LogFields {
  return redactValue(fields, redactor) as LogFields;
}

function redactValue(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.apply(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redactor));
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactor.apply(key), redactValue(item, redactor)]),
  );
}
