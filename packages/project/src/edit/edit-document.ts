import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEquals,
} from '@meltano/foundation/json';
import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { documentError } from '../document/errors.ts';
import { keyText, nodeValue } from '../document/node-value.ts';
import { parseYaml } from '../document/parse-project-file.ts';
import { collectionEdits } from './collection-edits.ts';
import type { DocumentEdit } from './document-edit.ts';
import { type EditPath, type Keys, memberCount, removeIn, resolveIn, setIn, valueAt } from './edit-value.ts';
import type { Collection } from './located-node.ts';
import { createSplicer, type Splicer } from './splice.ts';

/**
 * Applies edits to the text of a YAML file, one after the other. Invariant 7: only the edited lines change;
 * comments, order and quoting elsewhere stay to the byte. Throws `document.missing_item` when a path leads to
 * no list item, and `document.not_editable`, with nothing changed, when a place cannot be edited in safety.
 */
export function editDocument(file: string, text: string, edits: readonly DocumentEdit[]): string {
  return edits.reduce((current, edit) => applyEdit(file, current, edit), text);
}

function applyEdit(file: string, text: string, edit: DocumentEdit): string {
  switch (edit.kind) {
    case 'set':
      return setAt(file, text, edit.path, edit.value);
    case 'append':
      return appendAt(file, text, edit.path, edit.value);
    case 'remove':
      return removeAt(file, text, edit.path, edit.keep ?? edit.path.length - 1);
  }
}

/** A text, parsed for one edit. */
interface Opened {
  readonly text: string;
  readonly root: Node | null;
  readonly value: (node: unknown) => JsonValue;
  readonly splicer: Splicer;
}

function open(file: string, text: string): Opened {
  const document = parseYaml(file, text, { forEditing: true });
  const root = document.contents;
  return { text, root, value: (node) => nodeValue(node, document), splicer: createSplicer(text, root) };
}

function rootValue(opened: Opened): JsonValue {
  return opened.root === null ? {} : (opened.value(opened.root) ?? {});
}

function setAt(file: string, text: string, path: EditPath, value: JsonValue): string {
  const opened = open(file, text);
  const before = rootValue(opened);
  const keys = resolveIn(before, path, file);
  const wanted = setIn(before, keys, value);
  if (jsonEquals(before, wanted)) return text;
  const smaller = smallerEdits(opened, keys, value);
  const edited = smaller === undefined ? setNode(opened, keys, value) : editDocument(file, text, smaller);
  return verified(file, text, edited, wanted, keys);
}

function appendAt(file: string, text: string, path: EditPath, value: JsonValue): string {
  const opened = open(file, text);
  const before = rootValue(opened);
  const keys = resolveIn(before, path, file);
  const list = valueAt(before, keys);
  const items = isJsonArray(list) ? list : [];
  const node = nodeAt(opened.root, keys);
  const whole = [...items, value];
  const edited =
    isSeq(node) && node.items.length > 0
      ? opened.splicer.appendItem(node, value)
      : setNode(opened, keys, whole);
  return verified(file, text, edited, setIn(before, keys, whole), keys);
}

function removeAt(file: string, text: string, path: EditPath, keep: number): string {
  const opened = open(file, text);
  const before = rootValue(opened);
  let keys = resolveIn(before, path, file, true);
  if (valueAt(before, keys) === undefined) return text;
  while (keys.length > 1 && keys.length > keep + 1 && memberCount(valueAt(before, keys.slice(0, -1))) === 1) {
    keys = keys.slice(0, -1);
  }
  const parent = keys.slice(0, -1);
  const wanted = removeIn(before, keys);
  const node = nodeAt(opened.root, parent);
  const last = keys.at(-1) ?? '';
  const index = node === undefined || node === null ? -1 : memberIndex(node, last);
  const direct = node !== undefined && index !== -1 && (isMap(node) || isSeq(node));
  if (direct && (memberCount(valueAt(before, parent)) > 1 || parent.length === 0)) {
    return verified(file, text, opened.splicer.removeMember(node, index), wanted, parent);
  }
  return verified(file, text, setNode(opened, parent, valueAt(wanted, parent) ?? {}), wanted, parent);
}

/** Undefined where the text has no collection of its own, or none that can be changed member by member. */
function smallerEdits(opened: Opened, keys: Keys, value: JsonValue): readonly DocumentEdit[] | undefined {
  const node = nodeAt(opened.root, keys);
  if (!isMap(node) && !isSeq(node)) return undefined;
  return collectionEdits(keys, opened.value(node), value);
}

/** Writes `value` at `keys`, from the deepest part on that the text has itself. */
function setNode(opened: Opened, keys: Keys, value: JsonValue): string {
  const { root, splicer } = opened;
  let depth = keys.length;
  while (depth > 0 && nodeAt(root, keys.slice(0, depth)) === undefined) depth -= 1;
  const node = nodeAt(root, keys.slice(0, depth));
  const rest = keys.slice(depth);
  if (depth === 0 && (node === undefined || node === null))
    return splicer.replaceRoot(asObject(setIn({}, keys, value)));
  if (rest.length === 0) return replaceAt(opened, keys, value);
  const current = opened.value(node);
  const [key = '', ...inner] = rest;
  if (isMap(node) && node.items.length > 0) {
    const present =
      isJsonObject(current) && Object.hasOwn(current, String(key)) ? current[String(key)] : undefined;
    return splicer.addPair(
      node,
      String(key),
      inner.length === 0 ? value : setIn(present ?? {}, inner, value),
    );
  }
  return replaceAt(opened, keys.slice(0, depth), setIn(current ?? {}, rest, value));
}

function replaceAt(opened: Opened, keys: Keys, value: JsonValue): string {
  const parent = nodeAt(opened.root, keys.slice(0, -1));
  const index = parent === undefined || parent === null ? -1 : memberIndex(parent, keys.at(-1) ?? '');
  if (keys.length === 0) return opened.splicer.replaceRoot(asObject(value));
  return opened.splicer.replaceValue(parent as Collection, index, value);
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The node that the text itself has at a path; undefined where an alias or a merge key provides the value. */
function nodeAt(root: Node | null, keys: Keys): Node | null | undefined {
  let node: Node | null | undefined = root;
  for (const key of keys) {
    if (node === undefined || node === null || isAlias(node)) return undefined;
    const index = memberIndex(node, key);
    if (index === -1) return undefined;
    if (isMap(node)) node = (node.items[index]?.value ?? null) as Node | null;
    else if (isSeq(node)) node = (node.items[index] ?? null) as Node | null;
  }
  return node;
}

function memberIndex(node: Node, key: string | number): number {
  if (isMap(node))
    return node.items.findIndex((pair) => isScalar(pair.key) && keyText(pair.key) === String(key));
  if (isSeq(node)) return typeof key === 'number' && key < node.items.length ? key : -1;
  return -1;
}

/** Reads the result again: an edit that says anything else than what was wanted is not handed out. */
function verified(file: string, before: string, after: string, wanted: JsonValue, keys: Keys): string {
  let said: JsonValue | undefined;
  try {
    const document = parseYaml(file, after, { forEditing: false });
    said = document.contents === null ? {} : (nodeValue(document.contents, document) ?? {});
  } catch {
    said = undefined;
  }
  const hasAliases = /(?:^|[\s[{,])\*[^\s,[\]{}]/m.test(before);
  const equal =
    said !== undefined &&
    (jsonEquals(said, wanted) ||
      (hasAliases && jsonEquals(valueAt(said, keys) ?? null, valueAt(wanted, keys) ?? null)));
  if (equal) return after;
  throw documentError('not_editable', {
    message: `${file} is written in a way that cannot be edited here: ${keys.join(' › ')}`,
    hint: `Change ${keys.join('.')} in ${file} by hand; nothing was changed`,
    place: { file, path: keys.join(' › ') },
  });
}
