import { fail } from '../failure.ts';
import type { DictNode, Node, TemplatePart } from './node.ts';
import { parseClauses } from './parse-comprehension.ts';
import type { Parsing } from './parsing.ts';
import type { TemplatePiece, Token } from './token.ts';
import { keywords, unexpected } from './token-reader.ts';

const constants: ReadonlyMap<string, null | boolean> = new Map([
  ['None', null],
  ['True', true],
  ['False', false],
]);

/** A literal, a name, or something in brackets. */
export function parseAtom(reader: Parsing): Node {
  const token = reader.take();
  const { start, end } = token;
  switch (token.kind) {
    case 'number':
      return { kind: 'constant', value: token.value, start, end };
    case 'text':
    case 'template':
      return parseTexts(reader, token);
    case 'bytes':
      return parseBytes(reader, token.value, start);
    case 'name':
      return nameOrConstant(token);
    case 'operator':
      return parseBrackets(reader, token);
    default:
      return unexpected(token, 'a value is missing here');
  }
}

function nameOrConstant(token: Token & { readonly text: string }): Node {
  const { text: name, start, end } = token;
  const constant = constants.get(name);
  if (constant !== undefined) return { kind: 'constant', value: constant, start, end };
  if (keywords.has(name)) unexpected(token, `${name} cannot stand here`);
  return { kind: 'name', name, start, end };
}

function parseBytes(reader: Parsing, first: Uint8Array, start: number): Node {
  const parts = [first];
  for (let next = reader.peek(); next.kind === 'bytes'; next = reader.peek()) {
    parts.push(next.value);
    reader.take();
  }
  const value = Uint8Array.from(parts.flatMap((part) => [...part]));
  return { kind: 'constant', value, start, end: reader.lastEnd() };
}

/** Texts that follow each other are one text. */
function parseTexts(reader: Parsing, first: Token): Node {
  const { start } = first;
  const parts = [...partsOf(reader, first)];
  for (let next = reader.peek(); isText(next); next = reader.peek()) {
    parts.push(...partsOf(reader, next));
    reader.take();
  }
  const end = reader.lastEnd();
  return parts.every((part) => typeof part === 'string')
    ? { kind: 'constant', value: parts.join(''), start, end }
    : { kind: 'template', parts, start, end };
}

function isText(token: Token): boolean {
  if (token.kind === 'bytes') fail('SyntaxError', 'bytes and text cannot be joined', token);
  return token.kind === 'text' || token.kind === 'template';
}

function partsOf(reader: Parsing, token: Token): readonly TemplatePart[] {
  if (token.kind === 'text') return [token.value];
  return token.kind === 'template' ? templateParts(reader, token.pieces) : [];
}

function templateParts(reader: Parsing, pieces: readonly TemplatePiece[]): readonly TemplatePart[] {
  return pieces.map((piece) =>
    typeof piece === 'string'
      ? piece
      : {
          value: reader.within(piece.expression),
          format: piece.format && templateParts(reader, piece.format),
        },
  );
}

function parseBrackets(reader: Parsing, token: Token & { readonly text: string }): Node {
  const { start } = token;
  switch (token.text) {
    case '(':
      return reader.nested(() => parseParentheses(reader, start));
    case '[':
      return reader.nested(() => parseList(reader, start));
    case '{':
      return reader.nested(() => parseBraces(reader, start));
    case '...':
      return fail('FeatureNotAvailable', '... is not available in an expression', token);
    default:
      return unexpected(token, 'a value is missing here');
  }
}

function parseParentheses(reader: Parsing, start: number): Node {
  const empty = reader.takeIf(')');
  if (empty !== undefined) return { kind: 'tuple', items: [], start, end: empty.end };
  const value = reader.tuple();
  if (reader.is('for', 'async')) return comprehension(reader, value, start, ')');
  const { end } = reader.expect(')');
  return { ...value, start, end };
}

function parseList(reader: Parsing, start: number): Node {
  const items: Node[] = [];
  while (!reader.is(']')) {
    const item = reader.starred();
    if (items.length === 0 && reader.is('for', 'async')) return comprehension(reader, item, start, ']');
    items.push(item);
    if (reader.takeIf(',') === undefined) break;
  }
  return { kind: 'list', items, start, end: reader.expect(']').end };
}

function comprehension(reader: Parsing, element: Node, start: number, close: string): Node {
  const clauses = parseClauses(reader);
  const { end } = reader.expect(close);
  return { kind: 'comprehension', makes: 'list', element, value: undefined, clauses, start, end };
}

/** A dict or a set. */
function parseBraces(reader: Parsing, start: number): Node {
  const empty = reader.takeIf('}');
  if (empty !== undefined) return { kind: 'dict', entries: [], start, end: empty.end };
  if (reader.is('**')) return parseDict(reader, start, []);
  const first = reader.starred();
  if (reader.takeIf(':') !== undefined) return parseKeyed(reader, start, first);
  if (reader.is('for', 'async'))
    fail(
      'FeatureNotAvailable',
      'a set cannot be made by a comprehension; write set([… for …])',
      reader.peek(),
    );
  const items = [first];
  while (reader.takeIf(',') !== undefined && !reader.is('}')) items.push(reader.starred());
  return { kind: 'set', items, start, end: reader.expect('}').end };
}

function parseKeyed(reader: Parsing, start: number, key: Node): Node {
  const value = reader.value();
  if (!reader.is('for', 'async')) {
    const entries = [{ key, value }];
    if (reader.takeIf(',') === undefined)
      return { kind: 'dict', entries, start, end: reader.expect('}').end };
    return parseDict(reader, start, entries);
  }
  const clauses = parseClauses(reader);
  const { end } = reader.expect('}');
  return { kind: 'comprehension', makes: 'dict', element: key, value, clauses, start, end };
}

function parseDict(reader: Parsing, start: number, before: DictNode['entries']): DictNode {
  const entries = [...before];
  while (!reader.is('}')) {
    if (reader.takeIf('**') !== undefined) entries.push({ key: undefined, value: reader.or() });
    else {
      const key = reader.value();
      reader.expect(':');
      entries.push({ key, value: reader.value() });
    }
    if (reader.takeIf(',') === undefined) break;
  }
  return { kind: 'dict', entries, start, end: reader.expect('}').end };
}
