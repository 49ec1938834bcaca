import { fail } from '../failure.ts';
import { Arguments } from '../value/arguments.ts';
import { Callable } from '../value/callable.ts';
import { compare, isEqual } from '../value/compare.ts';
import {
  type AnyDict,
  Dict,
  dictDelete,
  dictEntries,
  dictGet,
  dictOf,
  dictSet,
  isDict,
} from '../value/dict.ts';
import { boundsOf } from '../value/sequence.ts';
import { SetValue } from '../value/set.ts';
import { Bytes, type List, Slice, Tuple, type Value } from '../value/value.ts';
import { decodeBytes } from './encoding.ts';
import { flag, int, items, type Methods, methodsOf } from './method.ts';

function indexIn(all: readonly Value[], args: Arguments): number {
  const [item, from, to] = args.bind('value', 'start?', 'stop?');
  const bounds = boundsOf(new Slice(from ?? null, to ?? null, null), all.length);
  const at = all.findIndex(
    (each, index) => index >= bounds.from && index < bounds.to && isEqual(each, item ?? null),
  );
  if (at === -1) fail('ValueError', 'the list does not hold what is looked for');
  return at;
}

function countIn(all: readonly Value[], args: Arguments): number {
  const item = args.one();
  return all.filter((each) => isEqual(each, item)).length;
}

export const tupleMethods: Methods = methodsOf<Tuple>({
  index: (self, args) => indexIn(self.items, args),
  count: (self, args) => countIn(self.items, args),
});

/** Those that change the list return None, as in Python. */
export const listMethods: Methods = methodsOf<List>({
  index: indexIn,
  count: countIn,
  copy: (self) => [...self],
  append: (self, args) => changed(self.push(args.one())),
  extend: (self, args) => changed(self.push(...items(args.one()))),
  insert: (self, args) => {
    const [index, item] = args.bind('index', 'object');
    const at = int(index, 'the index');
    return changed(self.splice(at < 0 ? Math.max(0, at + self.length) : at, 0, item ?? null));
  },
  remove: (self, args) => {
    const item = args.one();
    const at = self.findIndex((each) => isEqual(each, item));
    if (at === -1) fail('ValueError', 'the list does not hold what is to be removed');
    return changed(self.splice(at, 1));
  },
  pop: (self, args) => {
    const at = int(args.bind('index?')[0], 'the index', -1);
    const [item] = self.splice(at < -self.length ? self.length : at, 1);
    return item ?? (item === null ? null : fail('IndexError', 'the list is not so long'));
  },
  clear: (self) => changed(self.splice(0)),
  reverse: (self) => changed(self.reverse()),
  sort: (self, args) => {
    const [key, reverse] = args.bind('key?', 'reverse?');
    return changed(self.splice(0, self.length, ...sorted(self, key ?? null, flag(reverse, false))));
  },
});

function changed(_result: unknown): null {
  return null;
}

function sorted(all: readonly Value[], key: Value, reverse: boolean): readonly Value[] {
  const keyOf =
    key instanceof Callable ? (item: Value) => key.call(new Arguments('key', [item])) : (item: Value) => item;
  const keyed = all.map((item) => ({ item, key: keyOf(item) }));
  const sign = reverse ? -1 : 1;
  keyed.sort((a, b) => (compare('<', a.key, b.key) ? -sign : compare('<', b.key, a.key) ? sign : 0));
  return keyed.map(({ item }) => item);
}

/** `keys()` and its kin are lists here: they are only read. */
export const dictMethods: Methods = methodsOf<AnyDict & Value>({
  get: (self, args) => {
    const [key, otherwise] = args.bind('key', 'default?');
    return dictGet(self, key ?? null) ?? otherwise ?? null;
  },
  keys: (self) => dictEntries(self).map(([key]) => key),
  values: (self) => dictEntries(self).map(([, value]) => value),
  items: (self) => dictEntries(self).map((entry) => new Tuple(entry)),
  copy: (self) => dictOf(dictEntries(self)),
  update: (self, args) => {
    for (const [key, value] of updatesOf(args)) dictSet(self, key, value);
    return null;
  },
  setdefault: (self, args) => {
    const [key = null, otherwise = null] = args.bind('key', 'default?');
    const value = dictGet(self, key);
    if (value === undefined) dictSet(self, key, otherwise);
    return value ?? otherwise;
  },
  pop: (self, args) => {
    const [key = null, otherwise] = args.bind('key', 'default?');
    const value = dictGet(self, key) ?? otherwise;
    if (value === undefined) fail('KeyError', 'there is no such key');
    dictDelete(self, key);
    return value;
  },
  popitem: (self) => {
    const last = dictEntries(self).at(-1);
    if (last === undefined) fail('KeyError', 'the dict is empty');
    dictDelete(self, last[0]);
    return new Tuple(last);
  },
  clear: (self) => {
    for (const [key] of dictEntries(self)) dictDelete(self, key);
    return null;
  },
});

/** Entries of a dict, or pairs, and named arguments. */
export function updatesOf(args: Arguments): readonly (readonly [Value, Value])[] {
  const [from, ...more] = args.positional;
  if (more.length > 0) fail('TypeError', `${args.callee}() takes at most one argument without a name`);
  const named = [...args.named];
  if (from === undefined) return named;
  return [...(isDict(from) ? dictEntries(from) : items(from).map(pairOf)), ...named];
}

function pairOf(pair: Value): readonly [Value, Value] {
  const [key, value, ...more] = items(pair);
  if (key === undefined || value === undefined || more.length > 0)
    fail('ValueError', 'a dict is made of pairs');
  return [key, value];
}

export function dictFromKeys(args: Arguments): Dict {
  const [keys, value] = args.bind('iterable', 'value?');
  return dictOf(items(keys).map((key) => [key, value ?? null]));
}

const others = (args: Arguments) => args.positional.map((each) => new SetValue(items(each)));

export const setMethods: Methods = methodsOf<SetValue>({
  union: (self, args) => new SetValue([...self.values(), ...others(args).flatMap((each) => each.values())]),
  intersection: (self, args) =>
    new SetValue(self.values().filter((item) => others(args).every((each) => each.has(item)))),
  difference: (self, args) =>
    new SetValue(self.values().filter((item) => !others(args).some((each) => each.has(item)))),
  symmetric_difference: (self, args) => {
    const other = new SetValue(items(args.one()));
    return new SetValue([
      ...self.values().filter((item) => !other.has(item)),
      ...other.values().filter((item) => !self.has(item)),
    ]);
  },
  issubset: (self, args) => compare('<=', self, new SetValue(items(args.one()))),
  issuperset: (self, args) => compare('>=', self, new SetValue(items(args.one()))),
  isdisjoint: (self, args) => !items(args.one()).some((item) => self.has(item)),
  copy: (self) => new SetValue(self.values()),
  add: (self, args) => changed(self.add(args.one())),
  update: (self, args) => changed(args.positional.flatMap(items).map((item) => self.add(item))),
  discard: (self, args) => changed(removeFrom(self, args.one())),
  remove: (self, args) => {
    const item = args.one();
    if (!self.has(item)) fail('KeyError', 'the set does not hold what is to be removed');
    return changed(removeFrom(self, item));
  },
  pop: (self) => {
    const first = self.values()[0];
    if (first === undefined) fail('KeyError', 'the set is empty');
    removeFrom(self, first);
    return first;
  },
  clear: (self) => changed(self.items.clear()),
});

function removeFrom(set: SetValue, item: Value): void {
  for (const [key, each] of set.items) if (isEqual(each, item)) set.items.delete(key);
}

export const bytesMethods: Methods = methodsOf<Bytes>({
  decode: (self, args) => decodeBytes(self.bytes, args),
  hex: (self) => Array.from(self.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
});
