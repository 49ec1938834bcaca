import type { Node, TemplatePart } from '../expression/syntax/node.ts';

/** Methods that change what they are called on. */
const changing: ReadonlySet<string> = new Set(
  'append extend insert remove pop popitem clear sort reverse update setdefault add discard'.split(' '),
);

/** Whether evaluating may change the record. */
export function mayChangeRecord(node: Node): boolean {
  return someNode(node, (each) => each.kind === 'attribute' && changing.has(each.name));
}

export function usesName(node: Node, name: string): boolean {
  return someNode(node, (each) => each.kind === 'name' && each.name === name);
}

/** A property, or a part of one: its value is JSON as it came. */
export function isPath(node: Node, functions: ReadonlyMap<string, unknown>): boolean {
  if (node.kind === 'name') return node.name !== 'fake' && !functions.has(node.name);
  return node.kind === 'subscript' && node.index.kind === 'constant' && isPath(node.target, functions);
}

function someNode(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || childrenOf(node).some((child) => someNode(child, test));
}

function childrenOf(node: Node): readonly Node[] {
  const given = (...nodes: readonly (Node | undefined)[]) => nodes.filter((each) => each !== undefined);
  switch (node.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
    case 'set':
      return node.items;
    case 'dict':
      return node.entries.flatMap(({ key, value }) => given(key, value));
    case 'starred':
      return [node.value];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'logical':
      return node.operands;
    case 'comparison':
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case 'conditional':
      return [node.test, node.whenTrue, node.otherwise];
    case 'call':
      return [node.callee, ...node.positional, ...node.named.map(({ value }) => value)];
    case 'attribute':
      return [node.target];
    case 'subscript':
      return [node.target, node.index];
    case 'slice':
      return given(node.from, node.to, node.step);
    case 'comprehension':
      return given(
        node.element,
        node.value,
        ...node.clauses.flatMap(({ source, conditions }) => [source, ...conditions]),
      );
    case 'template':
      return node.parts.flatMap(partNodes);
  }
}

function partNodes(part: TemplatePart): readonly Node[] {
  return typeof part === 'string' ? [] : [part.value, ...(part.format ?? []).flatMap(partNodes)];
}
