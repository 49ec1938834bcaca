import { isAppError } from '@meltano/foundation/errors';
import { isJsonArray, isJsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { compileExpression, createFunctions, type ExpressionWorld } from '../expression/expression.ts';
import { isTrue } from '../expression/value/compare.ts';
import type { Value } from '../expression/value/value.ts';
import { toJson } from '../mapper/to-json.ts';
import { setMember } from '../schema/member.ts';
import { templateFunctions } from './template-functions.ts';

/** The names that a template may use, with their values. */
export type TemplateScope = Readonly<Record<string, JsonValue | undefined>>;

/** A value of a manifest with its templates compiled. A member of something that does not have it counts as null. */
export type Template = (scope: TemplateScope) => JsonValue;

export interface TemplateOptions {
  readonly world: ExpressionWorld;
  /** For messages: where the template stands, e.g. `streams.users.params.since`. */
  readonly label: string;
}

/**
 * Compiles `{{ expression }}` in texts, at any depth. A text that is one expression becomes the value, of whatever
 * type; others become text, in which null is empty. Expressions are those of stream maps: nothing else is evaluated.
 */
export function compileTemplates(value: JsonValue, options: TemplateOptions): Template {
  if (typeof value === 'string') return compileText(value, options);
  if (isJsonArray(value)) {
    const items = value.map((item) => compileTemplates(item, options));
    return (scope) => items.map((item) => item(scope));
  }
  if (!isJsonObject(value)) return () => value;
  const members = Object.entries(value).map(
    ([name, member]) =>
      [name, compileTemplates(member, { ...options, label: `${options.label}.${name}` })] as const,
  );
  return (scope) => {
    const made: Record<string, JsonValue> = {};
    for (const [name, member] of members) setMember(made, name, member(scope));
    return made;
  };
}

/** Whether what a template says is true, as Python counts. */
export function isTruthy(value: JsonValue): boolean {
  return isTrue(value as Value);
}

const reference = /\{\{([\s\S]*?)\}\}/g;

function compileText(text: string, options: TemplateOptions): Template {
  if (!text.includes('{{')) return () => text;
  const [only] = [...text.matchAll(/^\s*\{\{((?:(?!\}\})[\s\S])*)\}\}\s*$/g)];
  if (only !== undefined) return compileOne(only[1] ?? '', options);
  const parts: (string | Template)[] = [];
  let at = 0;
  for (const match of text.matchAll(reference)) {
    parts.push(text.slice(at, match.index), compileOne(match[1] ?? '', options));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return (scope) => parts.map((part) => (typeof part === 'string' ? part : shown(part(scope)))).join('');
}

/** As a part of a text: null is empty, lists and objects are JSON. */
export function shown(value: JsonValue): string {
  if (value === null) return '';
  return isJsonArray(value) || isJsonObject(value) ? stringifyJson(value) : String(value);
}

function compileOne(text: string, { world, label }: TemplateOptions): Template {
  const expression = compileExpression<TemplateScope>(text.trim(), {
    label,
    absentIsNull: true,
    functions: new Map([...createFunctions(world), ...templateFunctions(world.clock)]),
    name: (name) => (scope) => (Object.hasOwn(scope, name) ? ((scope[name] ?? null) as Value) : undefined),
  });
  return (scope) => {
    try {
      return toJson(expression.evaluate(scope));
    } catch (error) {
      if (isAppError(error) && isAbsence(error.details['kind'])) return null;
      throw error;
    }
  };
}

function isAbsence(kind: unknown): boolean {
  return kind === 'KeyError' || kind === 'IndexError' || kind === 'AttributeDoesNotExist';
}
