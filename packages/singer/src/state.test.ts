import { type JsonObject, parseJson, stringifyJson } from '@meltano/foundation/json';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeState } from './state.ts';

const object = (text: string) => parseJson(text) as JsonObject;

it('merges objects at every depth and replaces the rest', () => {
  const into = object('{"bookmarks":{"a":{"x":1,"l":[1,2]},"b":{"y":1.0}},"k":{"z":1}}');
  const from = object('{"bookmarks":{"a":{"l":[3]},"c":{}},"k":5,"n":12345678901234567890}');
  expect(stringifyJson(mergeState(from, into))).toBe(
    '{"bookmarks":{"a":{"x":1,"l":[3]},"b":{"y":1.0},"c":{}},"k":5,"n":12345678901234567890}',
  );
});

it('never touches its arguments, and laying a state over itself changes nothing', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (a, b) => {
        const [from, into] = [object(JSON.stringify(a)), object(JSON.stringify(b))];
        const merged = mergeState(from, into);
        expect(stringifyJson(into)).toBe(stringifyJson(object(JSON.stringify(b))));
        expect(stringifyJson(mergeState(from, merged))).toBe(stringifyJson(merged));
        for (const key of Object.keys(into)) expect(Object.hasOwn(merged, key)).toBe(true);
      },
    ),
  );
});

it('takes a key called __proto__ for a key', () => {
  const merged = mergeState(object('{"__proto__":{"a":1}}'), object('{"b":2}'));
  expect(stringifyJson(merged)).toBe('{"b":2,"__proto__":{"a":1}}');
});
