import { expect, test } from 'vitest';
import { readMember, setMember } from './member.ts';

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'plain'])(
  '%s is a name as any other',
  (name) => {
    const record: Record<string, unknown> = {};
    expect(readMember(name)(record)).toBeUndefined();
    setMember(record, name, 1);
    expect(readMember(name)(record)).toBe(1);
    expect(Object.keys(record)).toEqual([name]);
  },
);
