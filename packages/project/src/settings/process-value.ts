import { isJsonObject, type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import { nestObject } from './nesting.ts';
import { parseDateText } from './parse-date.ts';
import type { SettingDefinition } from './setting-definition.ts';

/** Applied to a value when it is read, after it was cast. */
export function processValue(definition: SettingDefinition, value: JsonValue, now: number): JsonValue {
  return applyProcessor(definition.valueProcessor, value, now);
}

/** Applied when a plugin's final config is made; dates for people become ISO dates here. */
export function postProcessValue(definition: SettingDefinition, value: JsonValue, now: number): JsonValue {
  const processor =
    definition.valuePostProcessor ?? (definition.kind === 'date_iso8601' ? 'parse_date' : undefined);
  return applyProcessor(processor, value, now);
}

function applyProcessor(processor: string | undefined, value: JsonValue, now: number): JsonValue {
  if (value === null) return null;
  switch (processor) {
    case 'nest_object':
      return isJsonObject(value) ? nestObject(value) : value;
    case 'upcase_string':
      return typeof value === 'string' ? value.toUpperCase() : value;
    case 'stringify':
      if (typeof value === 'string') return value;
      return stringifyPythonJson(isJsonObject(value) ? nestObject(value) : value);
    case 'parse_date':
      return typeof value === 'string' ? parseDateText(value, now) : value;
    default:
      return value;
  }
}
