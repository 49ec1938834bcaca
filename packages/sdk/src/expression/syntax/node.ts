import type { Span } from '../failure.ts';

/** A parsed expression. */
export type Node =
  | ConstantNode
  | NameNode
  | SequenceNode
  | DictNode
  | StarredNode
  | UnaryNode
  | BinaryNode
  | LogicalNode
  | ComparisonNode
  | ConditionalNode
  | CallNode
  | AttributeNode
  | SubscriptNode
  | SliceNode
  | ComprehensionNode
  | TemplateNode;

/** Literals: `int` is a bigint, `float` a number. */
export interface ConstantNode extends Span {
  readonly kind: 'constant';
  readonly value: null | boolean | bigint | number | string | Uint8Array;
}

export interface NameNode extends Span {
  readonly kind: 'name';
  readonly name: string;
}

export interface SequenceNode extends Span {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: readonly Node[];
}

export interface DictNode extends Span {
  readonly kind: 'dict';
  /** Without a key: `**value`. */
  readonly entries: readonly { readonly key: Node | undefined; readonly value: Node }[];
}

export interface StarredNode extends Span {
  readonly kind: 'starred';
  readonly value: Node;
}

export type UnaryOperator = 'not' | '-' | '+' | '~';

export interface UnaryNode extends Span {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Node;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '<<' | '>>' | '&' | '|' | '^';

export interface BinaryNode extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

export interface LogicalNode extends Span {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly operands: readonly Node[];
}

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';

export interface ComparisonNode extends Span {
  readonly kind: 'comparison';
  readonly first: Node;
  readonly rest: readonly { readonly comparator: Comparator; readonly operand: Node }[];
}

export interface ConditionalNode extends Span {
  readonly kind: 'conditional';
  readonly test: Node;
  readonly whenTrue: Node;
  readonly otherwise: Node;
}

export interface CallNode extends Span {
  readonly kind: 'call';
  readonly callee: Node;
  readonly positional: readonly Node[];
  readonly named: readonly { readonly name: string; readonly value: Node }[];
}

export interface AttributeNode extends Span {
  readonly kind: 'attribute';
  readonly target: Node;
  readonly name: string;
}

export interface SubscriptNode extends Span {
  readonly kind: 'subscript';
  readonly target: Node;
  readonly index: Node;
}

export interface SliceNode extends Span {
  readonly kind: 'slice';
  readonly from: Node | undefined;
  readonly to: Node | undefined;
  readonly step: Node | undefined;
}

export interface ComprehensionNode extends Span {
  readonly kind: 'comprehension';
  readonly makes: 'list' | 'dict';
  /** The key, for a dict. */
  readonly element: Node;
  readonly value: Node | undefined;
  readonly clauses: readonly ComprehensionClause[];
}

export interface ComprehensionClause {
  readonly targets: Target;
  readonly source: Node;
  readonly conditions: readonly Node[];
}

/** A name, or names to unpack into. */
export type Target = string | readonly Target[];

/** An f-string: texts and values in their order. */
export interface TemplateNode extends Span {
  readonly kind: 'template';
  readonly parts: readonly TemplatePart[];
}

export type TemplatePart =
  | string
  | { readonly value: Node; readonly format: readonly TemplatePart[] | undefined };
