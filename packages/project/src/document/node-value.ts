import type { JsonValue } from '@meltano/foundation/json';
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import { documentError } from './errors.ts';
import { resolvePlainScalar } from './plain-scalar.ts';

/**
 * The plain value of a parsed node. Keys become text; aliases share the value that they name; `<<` brings
 * in the keys of other mappings, which keys of the mapping itself override.
 */
export function nodeValue(node: unknown, document: Document): JsonValue {
  return convert(node, { document, anchors: new Map() });
}

interface Conversion {
  readonly document: Document;
  /** Values of the anchors met so far, in the order of the text. */
  readonly anchors: Map<string, JsonValue>;
}

function convert(node: unknown, conversion: Conversion): JsonValue {
  if (node === null || node === undefined) return null;
  if (isAlias(node)) return aliasValue(node.source, conversion);
  const value = isScalar(node)
    ? scalarValue(node)
    : isSeq(node)
      ? node.items.map((item) => convert(item, conversion))
      : isMap(node)
        ? mapValue(node.items, conversion)
        : null;
  const anchor = (node as Node & { anchor?: string }).anchor;
  if (anchor !== undefined) conversion.anchors.set(anchor, value);
  return value;
}

function aliasValue(name: string, { document, anchors }: Conversion): JsonValue {
  const known = anchors.get(name);
  if (known !== undefined || anchors.has(name)) return known ?? null;
  const target = document.contents && findAnchor(document.contents, name);
  if (target === undefined || target === null) {
    throw documentError('invalid_yaml', {
      message: `Alias *${name} names no anchor`,
      hint: `Add &${name} before it`,
    });
  }
  return nodeValue(target, document);
}

/** Only reached when a part of a document is converted on its own, and its anchor lies outside. */
function findAnchor(node: unknown, name: string): unknown {
  if (typeof node === 'object' && node !== null && 'anchor' in node && node.anchor === name) return node;
  const children = isMap(node) ? node.items.map((pair) => pair.value) : isSeq(node) ? node.items : [];
  for (const child of children) {
    const found = findAnchor(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function scalarValue(node: {
  value: unknown;
  source?: string;
  type?: unknown;
  tag?: string;
}): JsonValue {
  const source = node.source;
  if (node.type === 'PLAIN' && source !== undefined && isPlainTag(node.tag))
    return resolvePlainScalar(source);
  const { value } = node;
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  return typeof value === 'string' ? value : (source ?? String(value));
}

function isPlainTag(tag: string | undefined): boolean {
  return tag === undefined || /^tag:yaml\.org,2002:(?:int|float|bool|null)$/.test(tag);
}

/** The text of a mapping key, however it is written. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function mapValue(items: readonly unknown[], conversion: Conversion): JsonValue {
  const own: [string, JsonValue][] = [];
  const merged: [string, JsonValue][] = [];
  for (const pair of items) {
    if (!isPair(pair)) continue;
    const value = convert(pair.value, conversion);
    if (isMergeKey(pair.key)) merged.unshift(...mergeEntries(value));
    else own.push([keyText(pair.key), value]);
  }
  if (merged.length === 0) return Object.fromEntries(own);
  return Object.fromEntries(new Map([...merged, ...own]));
}

export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** Of several mappings the first wins, so the last comes first here. */
function mergeEntries(value: JsonValue): [string, JsonValue][] {
  const maps = Array.isArray(value) ? [...value].reverse() : [value];
  return maps.flatMap((map) =>
    typeof map === 'object' && map !== null ? (Object.entries(map) as [string, JsonValue][]) : [],
  );
}
