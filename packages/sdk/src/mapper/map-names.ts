import type { JsonObject } from '@meltano/foundation/json';
import type { Value } from '../expression/value/value.ts';
import { readMember } from '../schema/member.ts';
import { mapperError } from './errors.ts';

/** What the names of an expression mean for one record. */
export interface MapNames {
  readonly record: JsonObject;
}

export interface NamesOptions {
  readonly config: JsonObject;
  /** The name after mapping. */
  readonly alias: string;
  readonly stream: string;
  /** The property that the expression is for; its old value is `self`. */
  readonly property: string | undefined;
  readonly fake: Value | undefined;
}

type Read = (names: MapNames) => Value | undefined;

/** How names are looked up: the names that the Meltano SDK gives hide properties of the same name. */
export function nameReader(options: NamesOptions): (name: string) => Read {
  const { config, alias, stream, property, fake } = options;
  const member = (name: string): Read => {
    const read = readMember<unknown>(name);
    return ({ record }) => read(record) as Value | undefined;
  };
  return (name) => {
    switch (name) {
      case '_':
      case 'record':
        return ({ record }) => record;
      case 'config':
        return () => config;
      case '__stream_name__':
        return () => alias;
      case '__original_stream_name__':
        return () => stream;
      case 'fake':
        return fake === undefined ? orNoFaker(member(name)) : () => fake;
      case 'self':
        return property === undefined ? member(name) : selfOr(member(property), member(name));
      default:
        return member(name);
    }
  };
}

function selfOr(old: Read, other: Read): Read {
  return (names) => {
    const value = old(names);
    return value === undefined ? other(names) : value;
  };
}

function orNoFaker(read: Read): Read {
  return (names) => {
    const value = read(names);
    if (value !== undefined) return value;
    throw mapperError('no_faker', {
      message: 'An expression of stream_maps uses fake, and the package @faker-js/faker is not installed',
      hint: 'run npm install @faker-js/faker, or use md5, sha256 or the setting obfuscate instead',
    });
  };
}
