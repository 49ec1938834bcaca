import { compareAbsent, memberOf, reading } from './absent.ts';
import { attributeOf, methodOf } from './attributes.ts';
import { compileComprehension } from './compile-comprehension.ts';
import { compileTemplate } from './compile-template.ts';
import { type Compiling, located, type Run } from './compiling.ts';
import { Failure, fail } from './failure.ts';
import { maxTextLength } from './limits.ts';
import type {
  AttributeNode,
  CallNode,
  ComparisonNode,
  ConstantNode,
  DictNode,
  LogicalNode,
  Node,
} from './syntax/node.ts';
import { Arguments } from './value/arguments.ts';
import { binary, unary } from './value/arithmetic.ts';
import { compare, isTrue } from './value/compare.ts';
import { Dict, dictEntries, isDict } from './value/dict.ts';
import { narrow } from './value/integer.ts';
import { itemOf, iterate, lengthOf } from './value/sequence.ts';
import { SetValue } from './value/set.ts';
import { Bytes, Float, Slice, Tuple, type Value } from './value/value.ts';
import { callValue } from './value/value-call.ts';

/** Makes a closure of a parsed expression. Throws a `Failure` for what is not available. */
export function compileNode(node: Node, compiling: Compiling): Run {
  const run = (child: Node) => compiling.compile(child);
  switch (node.kind) {
    case 'constant':
      return constant(node);
    case 'name':
      return located(node, compiling.name(node));
    case 'list':
      return compileList(node.items, run);
    case 'tuple':
      return compileItems(node.items, run, (items) => new Tuple(items));
    case 'set':
      return located(
        node,
        compileItems(node.items, run, (items) => new SetValue(items)),
      );
    case 'dict':
      return located(node, compileDict(node, run));
    case 'starred':
      return fail('FeatureNotAvailable', '* can only stand in a list', node);
    case 'unary': {
      const operand = run(node.operand);
      return located(node, (frame) => unary(node.operator, operand(frame)));
    }
    case 'binary': {
      const [left, right] = [run(node.left), run(node.right)];
      return located(node, (frame) => binary(node.operator, left(frame), right(frame)));
    }
    case 'logical':
      return compileLogical(node, run);
    case 'comparison':
      return located(node, compileComparison(node, compiling));
    case 'conditional': {
      const [test, whenTrue, otherwise] = [run(node.test), run(node.whenTrue), run(node.otherwise)];
      return (frame) => (isTrue(test(frame)) ? whenTrue(frame) : otherwise(frame));
    }
    case 'call':
      return located(node, compileCall(node, compiling));
    case 'attribute':
      return located(node, compileAttribute(node, compiling));
    case 'subscript': {
      const [target, index] = [run(node.target), run(node.index)];
      const item = reading(compiling, compiling.absentIsNull ? memberOf : itemOf);
      return located(node, (frame) => item(target(frame), index(frame)));
    }
    case 'slice': {
      const [from, to, step] = [node.from, node.to, node.step].map((each) => (each ? run(each) : none));
      return (frame) => new Slice(from?.(frame) ?? null, to?.(frame) ?? null, step?.(frame) ?? null);
    }
    case 'comprehension':
      return located(node, compileComprehension(node, compiling));
    case 'template':
      return located(node, compileTemplate(node, run));
  }
}

const none: Run = () => null;

function constant(node: ConstantNode): Run {
  const value = valueOf(node.value);
  if ((lengthOf(value) ?? 0) > maxTextLength) fail('IterableTooLong', 'this text is too long', node);
  return () => value;
}

function valueOf(value: ConstantNode['value']): Value {
  if (typeof value === 'bigint') return narrow(value);
  if (typeof value === 'number') return new Float(value);
  return value instanceof Uint8Array ? new Bytes(value) : value;
}

type RunOf = (node: Node) => Run;

function compileList(nodes: readonly Node[], run: RunOf): Run {
  const parts = nodes.map((node) =>
    node.kind === 'starred'
      ? { each: located(node, run(node.value)), starred: true }
      : { each: run(node), starred: false },
  );
  return (frame) => {
    const list: Value[] = [];
    for (const { each, starred } of parts) {
      const value = each(frame);
      if (starred) list.push(...iterate(value));
      else list.push(value);
    }
    return list;
  };
}

function compileItems(nodes: readonly Node[], run: RunOf, make: (items: readonly Value[]) => Value): Run {
  const items = nodes.map(run);
  return (frame) => make(items.map((item) => item(frame)));
}

function compileDict({ entries }: DictNode, run: RunOf): Run {
  const parts = entries.map(({ key, value }) => ({ key: key && run(key), value: run(value) }));
  return (frame) => {
    const dict = new Dict();
    for (const { key, value } of parts) {
      if (key !== undefined) dict.set(key(frame), value(frame));
      else for (const entry of entriesOf(value(frame))) dict.set(...entry);
    }
    return dict;
  };
}

function entriesOf(value: Value): readonly (readonly [Value, Value])[] {
  return isDict(value) ? dictEntries(value) : fail('TypeError', '** needs a dict');
}

/** The first operand that decides, as it is. */
function compileLogical({ operator, operands }: LogicalNode, run: RunOf): Run {
  const all = operands.map(run);
  const goesOn = operator === 'and';
  return (frame) => {
    let value: Value = false;
    for (const each of all) {
      value = each(frame);
      if (isTrue(value) !== goesOn) break;
    }
    return value;
  };
}

/** `a < b < c`: each operand is computed at most once. */
function compileComparison({ first, rest }: ComparisonNode, { compile: run, absentIsNull }: Compiling): Run {
  const holds = absentIsNull ? compareAbsent : compare;
  const start = run(first);
  const steps = rest.map(({ comparator, operand }) => ({ comparator, operand: run(operand) }));
  return (frame) => {
    let left = start(frame);
    for (const { comparator, operand } of steps) {
      const right = operand(frame);
      if (!holds(comparator, left, right)) return false;
      left = right;
    }
    return true;
  };
}

const refusedNames: ReadonlySet<string> = new Set(
  'format format_map mro tb_frame gi_frame ag_frame cr_frame exec'.split(' '),
);

function assertAllowed(node: AttributeNode): void {
  const { name } = node;
  if (name.startsWith('_') || name.startsWith('func_') || refusedNames.has(name)) {
    const hint = name === 'format' ? '; write an f-string' : '';
    fail('FeatureNotAvailable', `"${name}" is not available in an expression${hint}`, node);
  }
}

function compileAttribute(node: AttributeNode, compiling: Compiling): Run {
  assertAllowed(node);
  const target = compiling.compile(node.target);
  const member = reading(compiling, attributeOf);
  return (frame) => member(target(frame), node.name);
}

function compileCall(node: CallNode, compiling: Compiling): Run {
  const { callee } = node;
  const args = compileArguments(node, compiling);
  if (callee.kind === 'attribute') return compileMethodCall(callee, args, compiling);
  if (callee.kind !== 'name')
    fail('FeatureNotAvailable', 'only functions and methods can be called by their names', callee);
  // A property of the same name does not hide a function that is called.
  const called = compiling.functions.get(callee.name);
  if (called === undefined)
    throw new Failure('FunctionNotDefined', `there is no function "${callee.name}"`, callee);
  return (frame) => callValue(called, args(callee.name, frame));
}

type ArgumentsOf = (name: string, frame: Parameters<Run>[0]) => Arguments;

function compileArguments({ positional, named }: CallNode, compiling: Compiling): ArgumentsOf {
  const values = positional.map((each) => compiling.compile(each));
  const others = named.map(({ name, value }) => ({ name, value: compiling.compile(value) }));
  if (others.length === 0)
    return (name, frame) =>
      new Arguments(
        name,
        values.map((each) => each(frame)),
      );
  return (name, frame) =>
    new Arguments(
      name,
      values.map((each) => each(frame)),
      new Map(others.map((other) => [other.name, other.value(frame)])),
    );
}

/** Without making a bound method first where the type has the method. */
function compileMethodCall(node: AttributeNode, args: ArgumentsOf, compiling: Compiling): Run {
  assertAllowed(node);
  const target = compiling.compile(node.target);
  const { name } = node;
  return (frame) => {
    const self = target(frame);
    const method = methodOf(self, name);
    if (method !== undefined) return method(self, args(name, frame));
    return callValue(attributeOf(self, name), args(name, frame));
  };
}
