import { type CST, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

export type Collection = YAMLMap | YAMLSeq;

/** One member of a collection: a pair of a mapping or an item of a list, with its positions in the text. */
export interface Member {
  /** Where it begins: its key, or its dash. */
  readonly start: number;
  /** Right behind the colon or the dash; in a flow list where the item begins. */
  readonly head: number;
  readonly value: Node | null;
  /** The end of what it says, without comments and line ends behind it. */
  readonly end: number;
  /** Behind anchors and tags that precede the value. */
  readonly hasTag: boolean;
}

interface CollectionItem {
  readonly start: readonly CST.SourceToken[];
  readonly key?: CST.Token | null;
  readonly sep?: readonly CST.SourceToken[];
  readonly value?: CST.Token;
}

export function isFlow(collection: Collection): boolean {
  return collection.flow === true;
}

/** The members of a collection in their order. The document must have been parsed with its source tokens. */
export function members(collection: Collection, text: string): readonly Member[] {
  const tokens = (collection.srcToken as { items?: readonly CollectionItem[] } | undefined)?.items ?? [];
  const items = tokens.filter((item) =>
    isSeq(collection) && !isFlow(collection)
      ? item.start.some((token) => token.type === 'seq-item-ind')
      : item.key !== undefined || item.sep !== undefined || item.value !== undefined,
  );
  return items.map((item, index) => memberOf(collection, item, index, text));
}

function memberOf(collection: Collection, item: CollectionItem, index: number, text: string): Member {
  const entry = collection.items[index];
  const value = (isSeq(collection) ? entry : (entry as Pair).value) as Node | null;
  const before = isMap(collection) ? (item.sep ?? []) : item.start;
  const visible = before.filter((token) => !['space', 'newline', 'comment', 'comma'].includes(token.type));
  const indicator = visible.find((token) => token.type === 'map-value-ind' || token.type === 'seq-item-ind');
  const start = firstOffset(item);
  const head = indicator === undefined ? start : indicator.offset + indicator.source.length;
  const lastVisible = visible.at(-1);
  const emptyEnd =
    lastVisible === undefined ? keyEnd(item, start) : lastVisible.offset + lastVisible.source.length;
  return {
    start,
    head: isMap(collection) && indicator === undefined ? keyEnd(item, start) : head,
    value,
    end: Math.max(emptyEnd, contentEnd(value, text)),
    hasTag: visible.some((token) => token.type === 'tag'),
  };
}

function keyEnd(item: CollectionItem, start: number): number {
  const { key } = item;
  if (key === undefined || key === null || !('source' in key)) return start;
  return key.offset + key.source.length;
}

function firstOffset(item: CollectionItem): number {
  const token = item.start.find((each) => !['space', 'newline', 'comment', 'comma'].includes(each.type));
  return token?.offset ?? item.key?.offset ?? item.sep?.[0]?.offset ?? item.value?.offset ?? 0;
}

/** The end of what a node says; of a block collection that of its last member. -1 when it says nothing. */
export function contentEnd(node: Node | null, text: string): number {
  if (node === null || node.range === undefined || node.range === null) return -1;
  if ((isMap(node) || isSeq(node)) && !isFlow(node)) return members(node, text).at(-1)?.end ?? node.range[1];
  if (isScalar(node) && node.source === '' && node.type === 'PLAIN') return -1;
  if (isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'))
    return blockScalarEnd(node.range, text);
  return node.range[1];
}

function blockScalarEnd([start, end]: readonly [number, number, ...unknown[]], text: string): number {
  const written = text.slice(start, end);
  const keepsBlankLines = /^[|>][^\n]*\+/.test(written);
  return start + (keepsBlankLines ? written.replace(/\r?\n$/, '') : written.trimEnd()).length;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of `offset` ends, before its line end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end === -1) return text.length;
  return text.charAt(end - 1) === '\r' && end > offset ? end - 1 : end;
}

export function nextLineStart(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

export function column(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
