import { fail, type Span } from '../failure.ts';
import type { BinaryOperator, Comparator, ComparisonNode, Node, UnaryOperator } from './node.ts';
import { parseTrailers } from './parse-trailers.ts';
import type { Parsing } from './parsing.ts';
import type { Token } from './token.ts';
import { createTokenReader, unexpected } from './token-reader.ts';
import { tokenize } from './tokenize.ts';

/**
 * Parses an expression of Python. Of several that are separated by semicolons or line breaks only the first counts,
 * as in stream maps of the Meltano SDK; the others must be expressions, too. Throws a `Failure`.
 */
export function parseExpression(text: string): Node {
  const reader = createParsing(text, tokenize(text));
  const skipBreaks = () => {
    while (reader.peek().kind === 'break') reader.take();
  };
  skipBreaks();
  const first = parseTuple(reader);
  while (reader.peek().kind !== 'end') {
    if (reader.peek().kind !== 'break') unexpectedWord(reader);
    skipBreaks();
    if (reader.peek().kind !== 'end') parseTuple(reader);
  }
  return first;
}

function unexpectedWord(reader: Parsing): never {
  const token = reader.peek();
  if (token.kind === 'operator' && /^(?:[-+*/%&|^]|\*\*|\/\/|<<|>>|:)?=$/.test(token.text))
    fail('FeatureNotAvailable', 'nothing can be assigned in an expression; to compare, write ==', token);
  unexpected(token, 'the expression should have ended before this');
}

function createParsing(text: string, tokens: readonly Token[]): Parsing {
  const parsing: Parsing = {
    ...createTokenReader(tokens),
    tuple: () => parseTuple(parsing),
    value: () => parseValue(parsing),
    starred: () => parseStarred(parsing),
    or: () => parseOr(parsing),
    within: (span) => parsing.nested(() => parseWithin(text, span)),
  };
  return parsing;
}

function parseWithin(text: string, { start, end }: Span): Node {
  // Within braces line breaks mean nothing.
  const tokens = tokenize(text, start, end).filter((token) => token.kind !== 'break');
  const reader = createParsing(text, tokens);
  const node = parseTuple(reader);
  if (reader.peek().kind !== 'end') unexpectedWord(reader);
  return node;
}

/** Expressions with commas between them make a tuple. */
function parseTuple(reader: Parsing): Node {
  const first = parseStarred(reader);
  if (!reader.is(',')) return first;
  const items = [first];
  while (reader.takeIf(',') !== undefined && startsExpression(reader)) items.push(parseStarred(reader));
  return { kind: 'tuple', items, start: first.start, end: reader.lastEnd() };
}

function startsExpression(reader: Parsing): boolean {
  const { kind } = reader.peek();
  return kind !== 'end' && kind !== 'break' && !reader.is(')', ']', '}', '=', ':');
}

function parseStarred(reader: Parsing): Node {
  const star = reader.takeIf('*');
  if (star === undefined) return parseValue(reader);
  const value = parseOr(reader);
  return { kind: 'starred', value, start: star.start, end: value.end };
}

/** Anything but a tuple without brackets. */
function parseValue(reader: Parsing): Node {
  return reader.nested(() => {
    if (reader.is('lambda')) return notAvailable(reader, 'functions cannot be defined in an expression');
    if (reader.is('yield', 'await')) return notAvailable(reader, 'this is not available in an expression');
    const whenTrue = parseOr(reader);
    if (reader.is(':=')) return notAvailable(reader, 'nothing can be assigned in an expression');
    if (reader.takeIf('if') === undefined) return whenTrue;
    const test = parseOr(reader);
    reader.expect('else');
    const otherwise = parseValue(reader);
    return { kind: 'conditional', test, whenTrue, otherwise, start: whenTrue.start, end: otherwise.end };
  });
}

function notAvailable(reader: Parsing, message: string): never {
  fail('FeatureNotAvailable', message, reader.peek());
}

/** What follows `in` of a comprehension, and its conditions: no conditional expression. */
function parseOr(reader: Parsing): Node {
  return parseLogical(reader, 'or', () => parseLogical(reader, 'and', () => parseNot(reader)));
}

function parseLogical(reader: Parsing, operator: 'and' | 'or', operand: () => Node): Node {
  const first = operand();
  if (!reader.is(operator)) return first;
  const operands = [first];
  while (reader.takeIf(operator) !== undefined) operands.push(operand());
  return { kind: 'logical', operator, operands, start: first.start, end: reader.lastEnd() };
}

function parseNot(reader: Parsing): Node {
  const not = reader.takeIf('not');
  if (not === undefined) return parseComparison(reader);
  const operand = reader.nested(() => parseNot(reader));
  return { kind: 'unary', operator: 'not', operand, start: not.start, end: operand.end };
}

function parseComparison(reader: Parsing): Node {
  const first = parseBinary(reader, 0);
  const rest: ComparisonNode['rest'][number][] = [];
  for (let next = takeComparator(reader); next !== undefined; next = takeComparator(reader))
    rest.push({ comparator: next, operand: parseBinary(reader, 0) });
  return rest.length === 0
    ? first
    : { kind: 'comparison', first, rest, start: first.start, end: reader.lastEnd() };
}

function takeComparator(reader: Parsing): Comparator | undefined {
  if (reader.is('not')) {
    const next = reader.peek(1);
    if (next.kind !== 'name' || next.text !== 'in') return undefined;
    reader.take();
    reader.take();
    return 'not in';
  }
  const taken = reader.takeIf('==', '!=', '<', '<=', '>', '>=', 'in', 'is');
  if (taken?.text === 'is' && reader.takeIf('not') !== undefined) return 'is not';
  return taken?.text as Comparator | undefined;
}

/** From the loosest to the tightest. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];

function parseBinary(reader: Parsing, level: number): Node {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(reader);
  let left = parseBinary(reader, level + 1);
  for (let taken = reader.takeIf(...operators); taken !== undefined; taken = reader.takeIf(...operators)) {
    const right = parseBinary(reader, level + 1);
    const operator = taken.text as BinaryOperator;
    left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
  }
  return left;
}

function parseUnary(reader: Parsing): Node {
  const sign = reader.takeIf('-', '+', '~');
  if (sign === undefined) return parsePower(reader);
  const operand = reader.nested(() => parseUnary(reader));
  return {
    kind: 'unary',
    operator: sign.text as UnaryOperator,
    operand,
    start: sign.start,
    end: operand.end,
  };
}

/** `**` binds tighter than a sign on its left and looser than one on its right. */
function parsePower(reader: Parsing): Node {
  const left = parseTrailers(reader);
  if (reader.takeIf('**') === undefined) return left;
  const right = reader.nested(() => parseUnary(reader));
  return { kind: 'binary', operator: '**', left, right, start: left.start, end: right.end };
}
