import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { isAlias, isMap, isSeq, type Node } from 'yaml';
import {
  type Collection,
  column,
  isFlow,
  lineEnd,
  lineStart,
  type Member,
  members,
  nextLineStart,
} from './located-node.ts';
import {
  inlinePart,
  isBlock,
  renderInline,
  renderItem,
  renderItemContent,
  renderKey,
  renderNested,
  renderPair,
} from './render-yaml.ts';
import { detectStyle } from './yaml-style.ts';

/** Changes of one text, each given the nodes of that text and answering with the new text. */
export interface Splicer {
  replaceValue(collection: Collection, index: number, value: JsonValue): string;
  addPair(map: Collection, key: string, value: JsonValue): string;
  appendItem(list: Collection, value: JsonValue): string;
  removeMember(collection: Collection, index: number): string;
  /** For a file that says nothing yet, or whose whole content goes. */
  replaceRoot(value: JsonObject): string;
}

export function createSplicer(text: string, root: Node | null): Splicer {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const style = detectStyle(text, root);
  const splice = (from: number, to: number, put: string) => text.slice(0, from) + put + text.slice(to);
  const insertLines = (after: number, lines: readonly string[]) => {
    const at = nextLineStart(text, after);
    const lead = at > 0 && text.charAt(at - 1) !== '\n' ? eol : '';
    return splice(at, at, lead + lines.map((line) => line + eol).join(''));
  };
  const flowStyle = (collection: Collection) => (isJsonStyle(collection, text) ? 'json' : 'yaml');

  return {
    replaceValue(collection, index, value) {
      const member = memberAt(collection, index, text);
      if (isFlow(collection)) return replaceInline(member, renderInline(value, flowStyle(collection)));
      const { value: node } = member;
      if (isInBrackets(node) && !(isBlock(value) && node.items.length === 0)) {
        return replaceInline(
          member,
          renderInline(value, value !== null && typeof value === 'object' ? flowStyle(node) : 'none'),
        );
      }
      if (isSeq(collection)) return replaceItem(member, value);
      return isBlockNode(node) ? replaceBlock(member, value) : replaceScalar(member, value);
    },
    addPair(map, key, value) {
      if (isFlow(map)) {
        const kind = flowStyle(map);
        return addToFlow(map, `${renderKey(key, kind)}: ${renderInline(value, kind)}`);
      }
      const all = members(map, text);
      const [first] = all;
      return insertLines(
        all.at(-1)?.end ?? text.length,
        renderPair(key, value, column(text, first?.start ?? 0), style),
      );
    },
    appendItem(list, value) {
      if (isFlow(list)) return addToFlow(list, renderInline(value, flowStyle(list)));
      const all = members(list, text);
      return insertLines(
        all.at(-1)?.end ?? text.length,
        renderItem(value, column(text, all[0]?.start ?? 0), style),
      );
    },
    removeMember: (collection, index) =>
      isFlow(collection) ? removeFromFlow(collection, index) : removeBlock(collection, index),
    replaceRoot(value) {
      const from = root?.range?.[0] ?? text.length;
      const end = root?.range?.[1] ?? text.length;
      const lines = renderItemContent(value, 0, style);
      const lead = from > 0 && text.charAt(from - 1) !== '\n' ? eol : '';
      const tail = text.slice(end).startsWith('\n') || text.slice(end).startsWith('\r\n') ? '' : eol;
      return splice(from, end, lead + lines.join(eol) + tail);
    },
  };

  function replaceInline(member: Member, put: string): string {
    const { from, gap } = valueStart(member);
    return splice(from, member.end, gap + put);
  }

  /** From the value on when there is one, else from the colon or dash; a tag would say what the value no longer is. */
  function valueStart(member: Member): { readonly from: number; readonly gap: string } {
    const start = member.value?.range?.[0];
    if (start === undefined || member.hasTag || start < member.head || start >= member.end)
      return { from: member.head, gap: ' ' };
    return { from: start, gap: '' };
  }

  function replaceScalar(member: Member, value: JsonValue): string {
    if (!isBlock(value)) {
      if (value === null) return splice(member.head, member.end, '');
      return replaceInline(member, renderInline(value));
    }
    const lines = renderNested(value, column(text, member.start), style);
    const end = lineEnd(text, member.end);
    const comment = text.slice(member.end, end).trimEnd();
    return splice(member.head, end, comment + eol + lines.join(eol));
  }

  /** The value stands on lines of its own; a comment behind the key stays. */
  function replaceBlock(member: Member, value: JsonValue): string {
    const firstEnd = lineEnd(text, member.head);
    const keyLine = text.slice(member.head, firstEnd);
    const blockEnd = lineEnd(text, member.end);
    if (!isBlock(value)) return splice(member.head, blockEnd, inlinePart(value) + withoutProperties(keyLine));
    const lines = renderNested(value, column(text, member.start), style);
    return splice(member.head, blockEnd, keyLine + eol + lines.join(eol));
  }

  function withoutProperties(keyLine: string): string {
    return keyLine.replace(/^\s*[|>][-+0-9]*/, '').trimEnd();
  }

  function replaceItem(member: Member, value: JsonValue): string {
    const { from, gap } = valueStart(member);
    if (!isBlock(value)) return splice(from, member.end, gap + renderInline(value));
    const start = gap === '' ? column(text, from) : column(text, member.start) + 2;
    const lines = renderItemContent(value, start, style).map((line, index) =>
      index === 0 ? line.trimStart() : line,
    );
    const end = isBlockNode(member.value) ? member.end : lineEnd(text, member.end);
    return splice(from, end, gap + lines.join(eol));
  }

  function addToFlow(collection: Collection, put: string): string {
    const last = members(collection, text).at(-1);
    if (last !== undefined) return splice(last.end, last.end, `, ${put}`);
    const open = (collection.range?.[0] ?? 0) + 1;
    return splice(open, open, put);
  }

  function removeFromFlow(collection: Collection, index: number): string {
    const all = members(collection, text);
    const member = memberAt(collection, index, text);
    const next = all[index + 1];
    const previous = all[index - 1];
    if (next !== undefined) return splice(member.start, next.start, '');
    if (previous !== undefined) return splice(previous.end, member.end, '');
    const rest = /^\s*,/.exec(text.slice(member.end))?.[0].length ?? 0;
    return splice(member.start, member.end + rest, '');
  }

  function removeBlock(collection: Collection, index: number): string {
    const member = memberAt(collection, index, text);
    const start = lineStart(text, member.start);
    const next = members(collection, text)[index + 1];
    const sharesLine = text.slice(start, member.start).trim() !== '';
    if (sharesLine && next !== undefined) return splice(member.start, next.start, '');
    if (sharesLine) return splice(member.start, member.end, '{}');
    return splice(start, nextLineStart(text, member.end), '');
  }
}

function memberAt(collection: Collection, index: number, text: string): Member {
  const member = members(collection, text)[index];
  if (member === undefined) throw new RangeError(`The collection has no member ${index}`);
  return member;
}

/** Brackets with nothing inside say nothing of how their members are to be written. */
function isInBrackets(node: Node | null): node is Collection {
  return node !== null && (isMap(node) || isSeq(node)) && isFlow(node);
}

function isBlockNode(node: Node | null): boolean {
  if (node === null || isAlias(node)) return false;
  if (isMap(node) || isSeq(node)) return !isFlow(node);
  const { type } = node as { type?: string };
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
}

/** Collections whose keys or first text stand in double quotes are written on as JSON. */
function isJsonStyle(collection: Collection, text: string): boolean {
  const first = members(collection, text)[0];
  if (first === undefined) return false;
  return text.charAt(isMap(collection) ? first.start : (first.value?.range?.[0] ?? first.start)) === '"';
}
