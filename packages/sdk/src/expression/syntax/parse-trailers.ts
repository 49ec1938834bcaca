import { fail } from '../failure.ts';
import type { CallNode, Node } from './node.ts';
import { parseAtom } from './parse-atom.ts';
import { parseClauses } from './parse-comprehension.ts';
import type { Parsing } from './parsing.ts';

/** A value with what follows it: `.name`, `(…)`, `[…]`. */
export function parseTrailers(reader: Parsing): Node {
  let node = parseAtom(reader);
  for (;;) {
    const { start } = node;
    if (reader.takeIf('.') !== undefined) {
      const { text: name, end } = reader.takeName();
      node = { kind: 'attribute', target: node, name, start, end };
    } else if (reader.takeIf('(') !== undefined) node = parseCall(reader, node);
    else if (reader.takeIf('[') !== undefined) {
      const index = parseIndex(reader);
      node = { kind: 'subscript', target: node, index, start, end: reader.expect(']').end };
    } else return node;
  }
}

function parseCall(reader: Parsing, callee: Node): CallNode {
  const positional: Node[] = [];
  const named: CallNode['named'][number][] = [];
  while (!reader.is(')')) {
    const name = takeArgumentName(reader);
    if (name !== undefined) named.push({ name, value: reader.value() });
    else if (named.length > 0)
      fail('SyntaxError', 'an argument without a name cannot follow one with a name', reader.peek());
    else positional.push(parseArgument(reader));
    if (reader.takeIf(',') === undefined) break;
  }
  const { end } = reader.expect(')');
  return { kind: 'call', callee, positional, named, start: callee.start, end };
}

function takeArgumentName(reader: Parsing): string | undefined {
  const next = reader.peek(1);
  if (reader.peek().kind !== 'name' || next.kind !== 'operator' || next.text !== '=') return undefined;
  const { text } = reader.takeName();
  reader.expect('=');
  return text;
}

function parseArgument(reader: Parsing): Node {
  if (reader.is('*', '**'))
    fail('FeatureNotAvailable', 'arguments cannot be unpacked with * or **', reader.peek());
  const value = reader.value();
  if (!reader.is('for', 'async')) return value;
  const clauses = parseClauses(reader);
  const { start } = value;
  return {
    kind: 'comprehension',
    makes: 'list',
    element: value,
    value: undefined,
    clauses,
    start,
    end: reader.lastEnd(),
  };
}

/** What stands in square brackets: a value, a slice, or several of them as a tuple. */
function parseIndex(reader: Parsing): Node {
  const first = parseSliceOrValue(reader);
  if (!reader.is(',')) return first;
  const items = [first];
  while (reader.takeIf(',') !== undefined && !reader.is(']')) items.push(parseSliceOrValue(reader));
  return { kind: 'tuple', items, start: first.start, end: reader.lastEnd() };
}

function parseSliceOrValue(reader: Parsing): Node {
  const { start } = reader.peek();
  const part = () => (reader.is(':', ']', ',') ? undefined : reader.value());
  if (!reader.is(':')) {
    const value = reader.starred();
    if (!reader.is(':')) return value;
    return sliceFrom(value);
  }
  return sliceFrom(undefined);

  function sliceFrom(from: Node | undefined): Node {
    reader.expect(':');
    const to = part();
    const step = reader.takeIf(':') === undefined ? undefined : part();
    return { kind: 'slice', from, to, step, start, end: reader.lastEnd() };
  }
}
