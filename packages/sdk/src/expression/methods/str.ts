import { fail } from '../failure.ts';
import { maxGrownTextLength, maxTextLength } from '../limits.ts';
import type { Arguments } from '../value/arguments.ts';
import {
  charactersOf,
  lengthOfText,
  positionOf,
  sliceOfText,
  strippedEnd,
  strippedStart,
} from '../value/characters.ts';
import { Dict, dictEntries, dictGet, isDict } from '../value/dict.ts';
import { intOf } from '../value/numbers.ts';
import { boundsOf } from '../value/sequence.ts';
import { Bytes, Slice, Tuple, type Value } from '../value/value.ts';
import { capitalized, caseFolded, swappedCase, titleCase } from './case.ts';
import { encodeText } from './encoding.ts';
import {
  flag,
  int,
  items,
  type Method,
  type Methods,
  methodsOf,
  optionalText,
  text,
  texts,
} from './method.ts';
import { partitionAt, splitFromEnd, splitLines, splitText } from './split.ts';
import { strTests } from './str-tests.ts';

const plain =
  (change: (self: string) => string): Method<string> =>
  (self, args) => {
    args.none();
    return change(self);
  };

/** Methods of texts. `format` is refused before they are looked up. */
export const strMethods: Methods = new Map([
  ...strTests,
  ...methodsOf<string>({
    lower: plain((self) => self.toLowerCase()),
    upper: plain((self) => self.toUpperCase()),
    title: plain(titleCase),
    capitalize: plain(capitalized),
    swapcase: plain(swappedCase),
    casefold: plain(caseFolded),
    strip: (self, args) => strip(self, args, true, true),
    lstrip: (self, args) => strip(self, args, true, false),
    rstrip: (self, args) => strip(self, args, false, true),
    split: (self, args) => split(splitText, self, args),
    rsplit: (self, args) => split(splitFromEnd, self, args),
    splitlines: (self, args) => splitLines(self, flag(args.bind('keepends?')[0], false)),
    partition: (self, args) => {
      const separator = text(args.one(), 'the separator');
      return new Tuple(partitionAt(self, separator, self.indexOf(separator)) ?? [self, '', '']);
    },
    rpartition: (self, args) => {
      const separator = text(args.one(), 'the separator');
      return new Tuple(partitionAt(self, separator, self.lastIndexOf(separator)) ?? ['', '', self]);
    },
    join,
    replace,
    startswith: (self, args) => atEdge(self, args, (part, edge) => part.startsWith(edge)),
    endswith: (self, args) => atEdge(self, args, (part, edge) => part.endsWith(edge)),
    removeprefix: (self, args) => {
      const prefix = text(args.one(), 'the prefix');
      return self.startsWith(prefix) ? self.slice(prefix.length) : self;
    },
    removesuffix: (self, args) => {
      const suffix = text(args.one(), 'the suffix');
      return suffix !== '' && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self;
    },
    find: (self, args) => find(self, args, false),
    rfind: (self, args) => find(self, args, true),
    index: (self, args) => found(find(self, args, false)),
    rindex: (self, args) => found(find(self, args, true)),
    count,
    ljust: (self, args) => justified(self, args, 0),
    rjust: (self, args) => justified(self, args, 1),
    center: (self, args) => justified(self, args, 0.5),
    zfill,
    expandtabs,
    encode: (self, args) => new Bytes(encodeText(self, args)),
    translate,
    maketrans: (_self, args) => makeTable(args),
  }),
]);

function strip(self: string, args: Arguments, start: boolean, end: boolean): string {
  const chars = optionalText(args.bind('chars?')[0], 'the characters');
  if (chars === undefined) {
    const from = start ? strippedStart(self) : self;
    return end ? strippedEnd(from) : from;
  }
  const unwanted = new Set(charactersOf(chars));
  const all = charactersOf(self);
  let [from, to] = [0, all.length];
  while (start && from < to && unwanted.has(all[from] ?? '')) from += 1;
  while (end && to > from && unwanted.has(all[to - 1] ?? '')) to -= 1;
  return all.slice(from, to).join('');
}

function split(
  how: (text: string, separator: string | undefined, most: number) => Value[],
  self: string,
  args: Arguments,
): Value[] {
  const [separator, most] = args.bind('sep?', 'maxsplit?');
  return how(self, optionalText(separator, 'the separator'), int(most, 'maxsplit', -1));
}

function join(self: string, args: Arguments): string {
  const parts = items(args.one()).map((item) => text(item, 'what is joined'));
  const length = parts.reduce((sum, part) => sum + part.length + self.length, 0);
  assertGrown(length);
  return parts.join(self);
}

function replace(self: string, args: Arguments): string {
  const [before, after, most] = args.bind('old', 'new', 'count?');
  const [old, fresh] = [text(before, 'what is replaced'), text(after, 'the replacement')];
  const limit = int(most, 'the count', -1);
  const parts = old === '' ? ['', ...charactersOf(self), ''] : self.split(old);
  const count = limit < 0 ? parts.length - 1 : Math.min(limit, parts.length - 1);
  assertGrown(self.length + count * fresh.length);
  return [parts.slice(0, count + 1).join(fresh), ...parts.slice(count + 1)].join(old);
}

/** The part that the optional arguments `start` and `end` choose, and where it begins. */
function partOf(self: string, from: Value | undefined, to: Value | undefined) {
  if (from === undefined && to === undefined) return { part: self, start: 0, isEmpty: false };
  const length = lengthOfText(self);
  const bounds = boundsOf(new Slice(from ?? null, to ?? null, null), length);
  const start = from === undefined || from === null ? 0 : int(from, 'the start');
  return {
    part: sliceOfText(self, bounds.from, Math.max(bounds.from, bounds.to)),
    start: bounds.from,
    isEmpty: bounds.from > bounds.to || start > length,
  };
}

function atEdge(self: string, args: Arguments, test: (part: string, edge: string) => boolean): boolean {
  const [edges, from, to] = args.bind('prefix', 'start?', 'end?');
  const { part, isEmpty } = partOf(self, from, to);
  return !isEmpty && texts(edges, 'the beginning or end').some((edge) => test(part, edge));
}

function find(self: string, args: Arguments, last: boolean): number {
  const [part, from, to] = args.bind('sub', 'start?', 'end?');
  const sought = text(part, 'what is looked for');
  const { part: within, start, isEmpty } = partOf(self, from, to);
  if (isEmpty) return -1;
  const offset = last ? within.lastIndexOf(sought) : within.indexOf(sought);
  return offset === -1 ? -1 : start + positionOf(within, offset);
}

function found(position: number): number {
  if (position === -1) fail('ValueError', 'the text does not hold what is looked for');
  return position;
}

function count(self: string, args: Arguments): number {
  const [part, from, to] = args.bind('sub', 'start?', 'end?');
  const sought = text(part, 'what is counted');
  const { part: within, isEmpty } = partOf(self, from, to);
  if (isEmpty) return 0;
  return sought === '' ? lengthOfText(within) + 1 : within.split(sought).length - 1;
}

/** `share` of the space goes to the left. */
function justified(self: string, args: Arguments, share: number): string {
  const [width, fill] = args.bind('width', 'fillchar?');
  const space = Math.max(0, int(width, 'the width') - lengthOfText(self));
  const char = fill === undefined ? ' ' : text(fill, 'what fills');
  if (lengthOfText(char) !== 1) fail('TypeError', 'what fills must be one character');
  if (space > maxTextLength) fail('IterableTooLong', 'the result is too long');
  // Python puts the odd space of `center` to the left when the width is odd.
  const odd = share === 0.5 && space % 2 === 1 && int(width, 'the width') % 2 === 1 ? 1 : 0;
  const left = Math.floor(space * share) + odd;
  return char.repeat(left) + self + char.repeat(space - left);
}

function zfill(self: string, args: Arguments): string {
  const width = int(args.one(), 'the width');
  const zeros = Math.max(0, width - lengthOfText(self));
  if (zeros > maxTextLength) fail('IterableTooLong', 'the result is too long');
  const sign = /^[-+]/.test(self) ? self.charAt(0) : '';
  return sign + '0'.repeat(zeros) + self.slice(sign.length);
}

function expandtabs(self: string, args: Arguments): string {
  const size = int(args.bind('tabsize?')[0], 'the size of a tab', 8);
  if (size > 1_000) fail('IterableTooLong', 'the result is too long');
  let column = 0;
  let result = '';
  for (const char of self) {
    const added = char === '\t' ? ' '.repeat(size > 0 ? size - (column % size) : 0) : char;
    column = char === '\n' || char === '\r' ? 0 : column + (char === '\t' ? added.length : 1);
    result += added;
  }
  return result;
}

function translate(self: string, args: Arguments): string {
  const table = args.one();
  if (!isDict(table)) fail('TypeError', 'translate() needs a dict');
  let whole = '';
  for (const char of self) {
    const to = dictGet(table, char.codePointAt(0) ?? 0);
    if (to === undefined) whole += char;
    else whole += to === null || typeof to === 'string' ? (to ?? '') : characterOf(int(to, 'a character'));
    assertGrown(whole.length);
  }
  return whole;
}

function characterOf(code: number): string {
  if (code < 0 || code >= 0x110000) fail('ValueError', 'there is no character with this number');
  return String.fromCodePoint(code);
}

function assertGrown(length: number): void {
  if (length > maxGrownTextLength) fail('IterableTooLong', 'the result is too long');
}

/** `str.maketrans`: a dict from characters to texts, or two texts of one length, and what is removed. */
export function makeTable(args: Arguments): Dict {
  const [from, to, removed] = args.bind('x', 'y?', 'z?');
  const table = new Dict();
  if (to === undefined) {
    if (from === undefined || !isDict(from)) fail('TypeError', 'maketrans() needs a dict or two texts');
    for (const [key, value] of dictEntries(from)) table.set(codeOf(key), value);
    return table;
  }
  const [keys, values] = [
    charactersOf(text(from, 'the first text')),
    charactersOf(text(to, 'the second text')),
  ];
  if (keys.length !== values.length) fail('ValueError', 'both texts must have one length');
  keys.forEach((key, at) => table.set(codeOf(key), codeOf(values[at] ?? '')));
  for (const key of charactersOf(optionalText(removed, 'what is removed') ?? ''))
    table.set(codeOf(key), null);
  return table;
}

function codeOf(key: Value): Value {
  const int = typeof key === 'string' ? undefined : intOf(key);
  if (int !== undefined) return int;
  if (typeof key !== 'string' || lengthOfText(key) !== 1)
    fail('ValueError', 'the keys must be single characters');
  return key.codePointAt(0) ?? 0;
}
