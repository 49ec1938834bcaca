import { type JinjaArguments, joined } from './jinja-arguments.ts';
import { callOf, filtered, tested } from './jinja-calls.ts';
import { type JinjaReader, readJinja, Untranslatable } from './jinja-tokens.ts';

/** What names of an expression stand for; they differ from place to place. */
export interface JinjaNames {
  /** Own name of a name of Jinja; undefined where it has no meaning. */
  name(name: string): string | undefined;
  /** Own expression for a member of `stream_slice`, `stream_interval` or `stream_partition`, or of the slice of a parent. */
  slice(member: string, isParent: boolean): string;
  /** What `next_page_token` is, where there is one. */
  readonly token?: string | undefined;
}

interface Translating {
  readonly reader: JinjaReader;
  readonly names: JinjaNames;
}

/**
 * An expression of Jinja as one of the own format: filters and tests become calls. Binding is Jinja's: filters and
 * tests bind to the nearest value, `~` binds weaker than arithmetic. Throws `Untranslatable` with the reason.
 */
export function translateJinja(text: string, names: JinjaNames): string {
  const given = { reader: readJinja(text), names };
  const made = conditional(given);
  const { kind, text: rest } = given.reader.peek();
  if (kind !== 'end') throw new Untranslatable(`"${rest}" is not available here`);
  return made;
}

function conditional(given: Translating): string {
  const value = logical(given);
  if (given.reader.takeIf('if') === undefined) return value;
  const test = logical(given);
  const otherwise = given.reader.takeIf('else') === undefined ? 'None' : conditional(given);
  return `${value} if ${test} else ${otherwise}`;
}

const comparators = ['==', '!=', '<', '>', '<=', '>=', 'in'];

function logical(given: Translating): string {
  const { reader } = given;
  const parts: string[] = [];
  for (;;) {
    while (reader.takeIf('not') !== undefined) parts.push('not');
    parts.push(concatenation(given));
    const next = reader.takeIf('and', 'or', ...comparators);
    if (next !== undefined) parts.push(next.text);
    else if (reader.peek().text === 'not' && reader.peek(1).text === 'in') {
      reader.take();
      reader.take();
      parts.push('not in');
    } else return parts.join(' ');
  }
}

function concatenation(given: Translating): string {
  const parts = [arithmetic(given)];
  while (given.reader.takeIf('~') !== undefined) parts.push(arithmetic(given));
  return parts.length === 1 ? (parts[0] ?? '') : `concat(${parts.join(', ')})`;
}

function arithmetic(given: Translating): string {
  const { reader } = given;
  let made = '';
  for (;;) {
    for (let sign = reader.takeIf('-', '+'); sign !== undefined; sign = reader.takeIf('-', '+'))
      made += sign.text;
    made += value(given);
    const operator = reader.takeIf('+', '-', '*', '/', '//', '%', '**');
    if (operator === undefined) return made;
    made += ` ${operator.text} `;
  }
}

/** A value with its members, calls, filters and tests. */
function value(given: Translating): string {
  const { reader } = given;
  let made = trailers(given, atom(given));
  for (;;) {
    if (reader.takeIf('|') !== undefined) {
      const { text: name } = reader.take();
      const args = reader.takeIf('(') === undefined ? noArguments : argumentsOf(given);
      made = trailers(given, filtered(made, name, args));
    } else if (reader.takeIf('is') !== undefined) {
      const isNot = reader.takeIf('not') !== undefined;
      made = tested(made, reader.take().text);
      if (isNot) made = `(not ${made})`;
    } else return made;
  }
}

function trailers(given: Translating, start: string): string {
  const { reader } = given;
  let made = start;
  for (;;) {
    if (reader.takeIf('.') !== undefined) made = dotted(made, reader.take().text, given);
    else if (reader.takeIf('[') !== undefined) made += `[${subscript(given)}]`;
    else if (reader.takeIf('(') !== undefined) made += `(${joined(argumentsOf(given))})`;
    else return made;
  }
}

function subscript(given: Translating): string {
  const { reader } = given;
  const parts: string[] = [];
  while (reader.peek().text !== ']' && reader.peek().kind !== 'end')
    parts.push(reader.takeIf(':')?.text ?? conditional(given));
  reader.expect(']');
  return parts.join('');
}

/** Names that begin with _ are not reached by a dot here; a text with {} is filled when it is put together. */
function dotted(value: string, name: string, given: Translating): string {
  if (/^_(?!_)/.test(name)) return `${value}[${JSON.stringify(name)}]`;
  const isFilled = name === 'format' && /^(?:"[^"\\]*"|'[^'\\]*')$/.test(value);
  if (!isFilled || given.reader.takeIf('(') === undefined) return `${value}.${name}`;
  const { positional, named } = argumentsOf(given);
  let at = 0;
  const parts = value.slice(1, -1).split(/(\{\w*\})/);
  const made = parts.flatMap((part) => {
    if (!part.startsWith('{')) return part === '' ? [] : [JSON.stringify(part)];
    const key = part.slice(1, -1);
    const argument = /\D/.test(key) ? named.get(key) : positional[key === '' ? at++ : Number(key)];
    if (argument === undefined) throw new Untranslatable(`${part} of a text has no value`);
    return [argument];
  });
  return `concat(${made.join(', ')})`;
}

const constants: Readonly<Record<string, string>> = {
  none: 'None',
  None: 'None',
  true: 'True',
  True: 'True',
  false: 'False',
  False: 'False',
};

const slices = ['stream_interval', 'stream_slice', 'stream_partition'];

function atom(given: Translating): string {
  const { reader, names } = given;
  const { kind, text } = reader.take();
  // Two braces would end the template.
  if (kind === 'text' && text.includes('}}'))
    return `(${text.replaceAll('}}', `}${text[0]} + ${text[0]}}`)})`;
  if (kind === 'text' || kind === 'number') return text;
  if (kind === 'sign' && text === '(') return `(${listed(given, ')')})`;
  if (kind === 'sign' && text === '[') return `[${listed(given, ']')}]`;
  if (kind === 'sign' && text === '{') return `{${entries(given)}}`;
  if (kind !== 'name') throw new Untranslatable(`a value is missing before "${text || 'the end'}"`);
  if (slices.includes(text)) return sliceMember(text, given);
  if (text === 'next_page_token' && names.token !== undefined) return tokenOf(names.token, given);
  if (reader.peek().text === '(' && names.name(text) === undefined) {
    reader.take();
    return callOf(text, argumentsOf(given));
  }
  const made = constants[text] ?? names.name(text);
  if (made === undefined) throw new Untranslatable(`"${text}" is not available`);
  return made;
}

/** A slice as a whole, or its member; the members of a parent's slice are those of the partition, too. */
function sliceMember(name: string, given: Translating): string {
  const { names } = given;
  let isParent = false;
  for (let found = takeMember(name, given); ; found = takeMember(name, given)) {
    if (found === undefined) {
      // As a whole it is asked only whether it is there.
      return name === 'stream_interval' && !isParent ? '(start or "")' : 'partition';
    }
    if (found.member === 'parent_slice') isParent = true;
    else if (found.member === 'extra_fields') {
      const inner = takeMember(name, given);
      if (inner === undefined) throw new Untranslatable('"extra_fields" is available by its members only');
      return withDefault(names.slice(`extra_fields.${inner.member}`, isParent), inner.otherwise);
    } else return withDefault(names.slice(found.member, isParent), found.otherwise);
  }
}

function withDefault(found: string, otherwise: string | undefined): string {
  return otherwise === undefined || otherwise === 'None' ? found : `default(${found}, ${otherwise})`;
}

interface Member {
  readonly member: string;
  readonly otherwise: string | undefined;
}

/** `.a`, `["a"]` or `.get("a", otherwise)`, where one comes next. */
function takeMember(name: string, given: Translating): Member | undefined {
  const { reader } = given;
  const isDotted = reader.takeIf('.') !== undefined;
  if (!isDotted && reader.peek().text !== '[') return undefined;
  const word = isDotted ? reader.take().text : '';
  if (isDotted && word !== 'get') return { member: word, otherwise: undefined };
  reader.take();
  const { kind, text } = reader.take();
  if (kind !== 'text') throw new Untranslatable(`a member of "${name}" must be named by a text`);
  const otherwise = reader.takeIf(',') === undefined ? undefined : conditional(given);
  reader.expect(isDotted ? ')' : ']');
  return { member: text.slice(1, -1), otherwise };
}

/** The token itself, however it is asked for. */
function tokenOf(name: string, { reader }: Translating): string {
  if (reader.takeIf('.') !== undefined) {
    if (reader.take().text !== 'get') return name;
    while (reader.peek().kind !== 'end' && reader.takeIf(')') === undefined) reader.take();
  } else if (reader.takeIf('[') !== undefined) {
    reader.take();
    reader.expect(']');
  }
  return name;
}

const noArguments: JinjaArguments = { positional: [], named: new Map() };

/** What stands between the parenthesis that was taken and its end. */
function argumentsOf(given: Translating): JinjaArguments {
  const { reader } = given;
  const positional: string[] = [];
  const named = new Map<string, string>();
  while (reader.takeIf(')') === undefined) {
    if (reader.peek().kind === 'name' && reader.peek(1).text === '=') {
      const { text: name } = reader.take();
      reader.take();
      named.set(name, conditional(given));
    } else positional.push(conditional(given));
    if (reader.takeIf(',') === undefined && reader.peek().text !== ')') reader.expect(')');
  }
  return { positional, named };
}

function listed(given: Translating, close: string): string {
  const { reader } = given;
  const items: string[] = [];
  let isTuple = false;
  while (reader.takeIf(close) === undefined) {
    items.push(conditional(given));
    if (reader.takeIf(',') !== undefined) isTuple = true;
    else if (reader.peek().text !== close) reader.expect(close);
  }
  return items.length === 1 && isTuple && close === ')' ? `${items[0]},` : items.join(', ');
}

function entries(given: Translating): string {
  const { reader } = given;
  const made: string[] = [];
  while (reader.takeIf('}') === undefined) {
    const key = conditional(given);
    reader.expect(':');
    made.push(`${key}: ${conditional(given)}`);
    if (reader.takeIf(',') === undefined && reader.peek().text !== '}') reader.expect('}');
  }
  return made.join(', ');
}
