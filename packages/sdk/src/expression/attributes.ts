import { fail } from './failure.ts';
import { bytesMethods, dictMethods, listMethods, setMethods, tupleMethods } from './methods/containers.ts';
import type { Method, Methods } from './methods/method.ts';
import { numberMethods, numberProperties } from './methods/number.ts';
import { strMethods } from './methods/str.ts';
import {
  dateMethods,
  dateTimeMethods,
  durationMethods,
  timeMethods,
  timeProperties,
  zoneMethods,
} from './time/time-methods.ts';
import { Arguments } from './value/arguments.ts';
import { Callable, HostObject, ModuleValue, TypeValue } from './value/callable.ts';
import { dictGet, isDict } from './value/dict.ts';
import { type Kind, kindOf, type Value } from './value/value.ts';

const tables: Readonly<Partial<Record<Kind, Methods>>> = {
  str: strMethods,
  bytes: bytesMethods,
  int: numberMethods,
  bool: numberMethods,
  float: numberMethods,
  Decimal: numberMethods,
  list: listMethods,
  tuple: tupleMethods,
  dict: dictMethods,
  set: setMethods,
  date: dateMethods,
  datetime: dateTimeMethods,
  time: timeMethods,
  timedelta: durationMethods,
  timezone: zoneMethods,
};

const numbers: ReadonlySet<string> = new Set(['int', 'bool', 'float', 'Decimal']);

/** The method of a value's type, if there is one. */
export function methodOf(value: Value, name: string): Method | undefined {
  return tables[kindOf(value)]?.get(name);
}

/** What `value.name` is. A dict has its keys as attributes, unless a method has that name. */
export function attributeOf(value: Value, name: string): Value {
  const own = ownAttribute(value, name);
  if (own !== undefined) return own;
  const method = methodOf(value, name);
  if (method !== undefined) return new Callable(name, (args) => method(value, args));
  const item = isDict(value) ? dictGet(value, name) : undefined;
  if (item !== undefined) return item;
  return fail('AttributeDoesNotExist', `a ${kindOf(value)} does not have "${name}"`);
}

function ownAttribute(value: Value, name: string): Value | undefined {
  if (value instanceof ModuleValue) return member(value.members.get(name));
  if (value instanceof TypeValue) return member(value.members.get(name)) ?? unbound(value, name);
  if (value instanceof HostObject) return value.member(name);
  const kind = kindOf(value);
  const properties = numbers.has(kind) ? numberProperties : timeProperties[kind];
  return properties?.get(name)?.(value);
}

function member(value: Value | (() => Value) | undefined): Value | undefined {
  return typeof value === 'function' ? value() : value;
}

/** `str.lower`: a method that takes its object as the first argument. */
function unbound({ name: kind }: TypeValue, name: string): Value | undefined {
  const method = tables[kind]?.get(name);
  if (method === undefined) return undefined;
  return new Callable(name, ({ callee, positional: [self, ...rest], named }) => {
    if (self === undefined || kindOf(self) !== kind) fail('TypeError', `${name}() needs a ${kind} first`);
    return method(self, new Arguments(callee, rest, named));
  });
}
