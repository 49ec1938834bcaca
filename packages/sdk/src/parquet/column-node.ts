import type { SchemaElement, SchemaTree } from 'hyparquet';
import { type LeafKind, leafKind } from './leaf-kind.ts';

/** A column as people see it: the groups that Parquet needs for lists and maps are no part of it. */
export type ColumnNode = {
  readonly name: string;
  readonly isNullable: boolean;
} & (
  | { readonly kind: 'leaf'; readonly leaf: LeafKind }
  | { readonly kind: 'struct'; readonly members: readonly ColumnNode[] }
  | { readonly kind: 'list'; readonly element: ColumnNode }
  | { readonly kind: 'map'; readonly entries: string; readonly key: ColumnNode; readonly value: ColumnNode }
  | { readonly kind: 'variant' }
);

/** Reads the tree below a top-level column, with the annotations as the file has them. */
export function columnNode(tree: SchemaTree): ColumnNode {
  const { element } = tree;
  const facts = { name: element.name, isNullable: element.repetition_type === 'OPTIONAL' };
  // A repeated column that no list annotation is about is a list all the same.
  if (element.repetition_type === 'REPEATED')
    return {
      ...facts,
      kind: 'list',
      element: plainNode(tree, { ...facts, isNullable: false }),
    };
  return plainNode(tree, facts);
}

function plainNode(
  tree: SchemaTree,
  facts: { readonly name: string; readonly isNullable: boolean },
): ColumnNode {
  const { element, children } = tree;
  if (children.length === 0) return { ...facts, kind: 'leaf', leaf: leafKind(element) };
  if (element.logical_type?.type === 'VARIANT') return { ...facts, kind: 'variant' };
  const [only] = children;
  if (only !== undefined && isList(tree)) {
    // Three levels as they are written today, or two as they once were.
    const [item] = only.children;
    const inner =
      item !== undefined && only.children.length === 1 ? columnNode(item) : plainNode(only, inside(only));
    return { ...facts, kind: 'list', element: inner };
  }
  if (only !== undefined && isMap(tree)) {
    const [key, value] = only.children.map(columnNode);
    if (key !== undefined && value !== undefined)
      return { ...facts, kind: 'map', entries: only.element.name, key, value };
  }
  return { ...facts, kind: 'struct', members: children.map(columnNode) };
}

function inside(tree: SchemaTree) {
  return { name: tree.element.name, isNullable: false };
}

export function isAnnotated({ converted_type, logical_type }: SchemaElement, as: 'LIST' | 'MAP'): boolean {
  return logical_type?.type === as || converted_type === as;
}

function isList({ element, children }: SchemaTree): boolean {
  const [only, ...more] = children;
  return isAnnotated(element, 'LIST') && more.length === 0 && only?.element.repetition_type === 'REPEATED';
}

function isMap({ element, children }: SchemaTree): boolean {
  const [only, ...more] = children;
  const isEntry = only?.element.repetition_type === 'REPEATED' && only.children.length === 2;
  const isKnown = isAnnotated(element, 'MAP') || element.converted_type === 'MAP_KEY_VALUE';
  return isKnown && more.length === 0 && isEntry;
}
