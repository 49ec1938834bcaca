import { isAppError } from '@meltano/foundation/errors';
import type { JsonValue } from '@meltano/foundation/json';
import { isJsonArray, isJsonObject } from '@meltano/foundation/json';
import { compileTemplates } from '../template.ts';
import { Untranslatable } from './jinja-tokens.ts';
import { at, note, type Place } from './problem.ts';
import { type JinjaNames, translateJinja } from './translate-jinja.ts';

export interface TemplateNames {
  /** How times are written in requests, for `stream_interval`. */
  readonly timeFormat?: string;
  /** Names of the start and the end of a slice. Default: `start_time` and `end_time`. */
  readonly bounds?: readonly [string, string];
  /** Fields of the partition that hide those of a parent's. */
  readonly shadowed?: ReadonlySet<string>;
  /** The template is one of `paginate.with`: `next_page_token` is the token. */
  readonly hasToken?: boolean;
}

/** Jinja as a template of the own format, at any depth; what has no exact counterpart is noted. */
export function convertTemplates(value: JsonValue, place: Place, names: TemplateNames = {}): JsonValue {
  if (typeof value === 'string') return convertText(value, place, names);
  if (isJsonArray(value)) return value.map((each, index) => convertTemplates(each, at(place, index), names));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, convertTemplates(each, at(place, name), names)]),
  );
}

/** A text with Jinja as one expression, without braces; undefined, and noted, where it cannot be taken. */
export function convertExpression(text: string, place: Place, names: TemplateNames = {}): string | undefined {
  const before = place.problems.length;
  const made = convertText(text, place, names);
  return place.problems.length > before ? undefined : asExpression(made);
}

/** A text with templates of the own format as one expression. */
export function asExpression(made: string): string {
  if (!made.includes('{{')) return JSON.stringify(made);
  const parts = made
    .trim()
    .split(/(\{\{[\s\S]*?\}\})/)
    .filter((part) => part !== '');
  const values = parts.map((part) =>
    part.startsWith('{{') ? part.slice(2, -2).trim() : JSON.stringify(part),
  );
  return values.length === 1 ? (values[0] ?? '') : `concat(${values.join(', ')})`;
}

function convertText(text: string, place: Place, names: TemplateNames): string {
  if (!/\{[{%#]/.test(text)) return text;
  const known = namesOf(names);
  try {
    const parts = partsOf(text);
    if (parts.some((part) => part.startsWith('{%'))) return `{{ ${checked(statements(parts, known))} }}`;
    return parts.map((part) => (part.startsWith('{{') ? `{{ ${inner(part, known)} }}` : part)).join('');
  } catch (error) {
    if (!(error instanceof Untranslatable || error instanceof RangeError)) throw error;
    const reason = error instanceof Untranslatable ? error.message : 'it is nested too deeply';
    note(place, 'Interpolation', `${reason} in ${text.trim().replaceAll(/\s+/g, ' ').slice(0, 300)}`);
    return text;
  }
}

const expressionOrStatement =
  /(\{\{(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|(?!\}\})[^"'])*\}\}|\{%[\s\S]*?%\})/;

/** Texts, expressions and statements in turn; a minus takes the white space beside it away. */
function partsOf(text: string): readonly string[] {
  const parts = text.replaceAll(/\{#[\s\S]*?#\}/g, '').split(expressionOrStatement);
  return parts.map((part, at) => {
    if (/^\{[{%]/.test(part)) return part;
    const before = /-[}%]\}$/.test(parts[at - 1] ?? '') ? part.trimStart() : part;
    return /^\{[{%]-/.test(parts[at + 1] ?? '') ? before.trimEnd() : before;
  });
}

function inner(part: string, known: JinjaNames): string {
  const made = checked(withHeaders(translateJinja(part.slice(2, -2).replace(/^-|-$/g, ''), known)));
  // As a text a moment is written as Python does, without a T.
  return made === 'now()' ? 'str(now())' : made;
}

/** Nothing is evaluated here, so that no time is needed. */
const world = { clock: { now: () => 0, sleep: async () => {} }, random: () => 0 };

/** An expression whose functions and methods are all there. */
function checked(expression: string): string {
  try {
    compileTemplates(`{{ ${expression} }}`, { world, label: 'template' });
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new Untranslatable(error.message.replace(/^.*: /s, ''));
  }
  return expression;
}

/** Names of headers are in small letters here; the header Link is taken apart under a name of its own. */
function withHeaders(expression: string): string {
  return expression
    .replaceAll(/\bheaders(\.get\(["'][\w-]+["']|\.\w+|\[["'][\w-]+["']\])/g, (found) =>
      found.startsWith('headers.get') ? `headers.get${found.slice(11).toLowerCase()}` : found.toLowerCase(),
    )
    .replaceAll(/\bheaders\.get\(["']link["'](?:, \{\})?\)(?=\.|\[)/g, 'links')
    .replaceAll(/\bheaders(?:\.link\b|\[["']link["']\])(?=\.(?:next|prev|first|last)\b|\[)/g, 'links')
    .replaceAll(/\bin headers(?:\.link\b|\[["']link["']\])/g, 'in links');
}

/** `{% if … %}…{% else %}…{% endif %}` as a conditional expression that puts texts together. */
function statements(given: readonly string[], known: JinjaNames): string {
  const parts = [...given];
  const made = block(parts, known);
  if (parts.length > 0) throw new Untranslatable(`the statement ${parts[0] ?? ''} is not available`);
  return made;
}

function block(parts: string[], outer: JinjaNames): string {
  const texts: string[] = [];
  let known = outer;
  for (let part = parts[0]; part !== undefined; part = parts[0]) {
    const [word = '', rest = ''] = statement(part);
    if (word !== '' && word !== 'if' && word !== 'set') break;
    parts.shift();
    if (word === 'if') texts.push(conditional(rest, parts, known));
    else if (word === 'set') known = withVariable(rest, known);
    else if (part.startsWith('{{')) texts.push(`(${inner(part, known)})`);
    else if (part !== '') texts.push(JSON.stringify(part));
  }
  return texts.length === 1 ? (texts[0] ?? '') : `concat(${texts.join(', ')})`;
}

function conditional(test: string, parts: string[], known: JinjaNames): string {
  const whenTrue = block(parts, known);
  const [word = '', rest = ''] = statement(parts.shift() ?? '');
  const condition = translateJinja(test, known);
  if (word === 'endif') return `(${whenTrue} if ${condition} else "")`;
  if (word === 'elif') return `(${whenTrue} if ${condition} else ${conditional(rest, parts, known)})`;
  if (word !== 'else') throw new Untranslatable('{% if %} has no {% endif %}');
  const otherwise = block(parts, known);
  if (statement(parts.shift() ?? '')[0] !== 'endif') throw new Untranslatable('{% if %} has no {% endif %}');
  return `(${whenTrue} if ${condition} else ${otherwise})`;
}

/** `{% set x = … %}`: from there on the name stands for the expression. */
function withVariable(text: string, known: JinjaNames): JinjaNames {
  const [, name, value] = /^(\w+)\s*=(?!=)\s*([\s\S]+)$/.exec(text) ?? [];
  if (name === undefined) throw new Untranslatable(`the statement {% set ${text.trim()} %} is not available`);
  const expression = `(${translateJinja(value ?? '', known)})`;
  return { ...known, name: (each) => (each === name ? expression : known.name(each)) };
}

function statement(part: string): readonly string[] {
  const [, word, rest] = /^\{%-?\s*(\w+)\s*([\s\S]*?)-?%\}$/.exec(part) ?? [];
  return word === undefined ? [] : [word, rest ?? ''];
}

const plain: ReadonlySet<string> = new Set(['config', 'headers', 'last_record', 'record', 'links']);
const renamed: ReadonlyMap<string, string> = new Map([
  ['response', 'body'],
  ['last_page_size', 'page_size'],
  ['components_values', 'each'],
]);

function namesOf({
  timeFormat,
  bounds = ['start_time', 'end_time'],
  hasToken,
  shadowed,
}: TemplateNames): JinjaNames {
  return {
    // A parameter that is given nowhere is none.
    name: (name) => (plain.has(name) ? name : name === 'parameters' ? '{}' : renamed.get(name)),
    token: hasToken === true ? 'token' : undefined,
    slice(member, isParent) {
      const bound = member === bounds[0] ? 'start' : member === bounds[1] ? 'end' : undefined;
      if (isParent && shadowed?.has(member) === true)
        throw new Untranslatable(
          `"${member}" of the parent's slice has the name of a field of the stream's own`,
        );
      if (bound === undefined) return `partition[${JSON.stringify(member)}]`;
      return timeFormat === undefined ? bound : `format_time(${bound}, ${JSON.stringify(timeFormat)})`;
    },
  };
}
