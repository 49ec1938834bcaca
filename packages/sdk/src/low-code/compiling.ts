import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { ExpressionWorld } from '../expression/expression.ts';
import { manifestError } from './errors.ts';
import { located, type PlaceOf } from './manifest-place.ts';
import { compileTemplates, type Template, type TemplateScope } from './template.ts';

/** What templates of a manifest are compiled and evaluated with. */
export interface Compiling {
  readonly world: ExpressionWorld;
  /** The tap's settings. */
  readonly config: JsonObject;
  /** What a stream is made for, where a template has made it. */
  readonly each?: JsonValue | undefined;
  /** Hides a credential wherever it would be shown. */
  hide(text: string): void;
  /** Where templates are written. */
  readonly placeOf?: PlaceOf | undefined;
}

export function compile(value: JsonValue, label: string, compiling: Compiling): Template {
  const { world, config, each, placeOf } = compiling;
  const known = each === undefined ? { config } : { config, each };
  const template = located(placeOf, () => compileTemplates(value, { world, label }));
  return (scope) => located(placeOf, () => template({ ...known, ...scope }));
}

/** The value of what only the settings decide. */
export function settled(value: JsonValue, label: string, compiling: Compiling, scope: TemplateScope = {}) {
  return compile(value, label, compiling)(scope);
}

/** The texts of an object that only the settings decide; those without a value are left out. */
export function settledTexts(
  value: JsonObject | undefined,
  label: string,
  compiling: Compiling,
): Readonly<Record<string, string>> {
  return value === undefined ? {} : textsOf(settled(value, label, compiling));
}

export function textsOf(value: JsonValue): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      each === null || each === '' ? [] : [[name, typeof each === 'string' ? each : String(each)]],
    ),
  );
}

/** A text that must be there once the settings are known. */
export function requiredText(value: JsonValue | undefined, label: string, compiling: Compiling): string {
  const made = settled(value ?? null, label, compiling);
  if (made !== null && made !== '') return String(made);
  throw manifestError('no_value', {
    message: `${label} has no value`,
    hint: `set what it refers to${typeof value === 'string' && value.includes('{{') ? `: ${value}` : ''}`,
    details: { path: label },
  });
}
