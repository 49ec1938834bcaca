import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { inlineSchema } from './inline-schema.ts';

const whole = { type: 'integer' };
const definitions = {
  id: whole,
  'a/b': { type: 'string' },
  address: {
    type: 'object',
    properties: { street: { type: 'string' }, number: { $ref: '#/definitions/id' } },
  },
  tree: { type: 'object', properties: { child: { $ref: '#/definitions/tree' }, size: whole } },
  circle: { $ref: '#/definitions/circle' },
};

const propertyOf = (property: JsonObject) =>
  (inlineSchema({ definitions, properties: { it: property } })['properties'] as JsonObject)['it'];

test.each<readonly [string, JsonObject, JsonObject]>([
  ['a reference', { $ref: '#/definitions/id' }, whole],
  ['one with escapes', { $ref: '#/definitions/a~1b' }, { type: 'string' }],
  ['one into a definition', { $ref: '#/definitions/address/properties/number' }, whole],
  ['one that says more', { $ref: '#/definitions/id', title: 'Key' }, { type: 'integer', title: 'Key' }],
  ['one to nothing', { $ref: '#/definitions/none' }, {}],
  ['one with a bare percent sign', { $ref: '#/definitions/5%' }, {}],
  ['one to another document', { $ref: 'https://example.com/id.json' }, {}],
  ['one to itself', { $ref: '#/definitions/circle' }, {}],
  [
    'the only alternative to null',
    { anyOf: [{ $ref: '#/definitions/id' }, { type: 'null' }], title: 'Key' },
    { ...whole, title: 'Key' },
  ],
  [
    'the same, null as a bare text',
    { oneOf: ['null', { $ref: '#/definitions/tree' }] },
    { type: 'object', properties: { child: {}, size: whole } },
  ],
  [
    'alternatives',
    { anyOf: [{ $ref: '#/definitions/id' }, { type: 'string' }] },
    { anyOf: [whole, { type: 'string' }] },
  ],
  [
    'members',
    { $ref: '#/definitions/address' },
    { type: 'object', properties: { street: { type: 'string' }, number: whole } },
  ],
  ['a recursion', { $ref: '#/definitions/tree' }, { type: 'object', properties: { child: {}, size: whole } }],
  ['parts', { allOf: [{ $ref: '#/definitions/id' }], default: 1 }, { type: 'integer', default: 1 }],
  [
    'parts that say more',
    { allOf: [{ type: ['string', 'null'] }, { type: 'string', format: 'date-time' }] },
    { type: 'string', format: 'date-time' },
  ],
  [
    'parts with members',
    { allOf: [{ type: 'object', properties: { a: whole } }, { properties: { b: whole } }] },
    { type: 'object', properties: { a: whole, b: whole } },
  ],
  ['parts that contradict each other', { allOf: [{ type: 'string' }, { type: 'integer' }] }, {}],
])('%s is written where it is meant', (_, property, written) => {
  expect(propertyOf(property)).toEqual(written);
});

test('the schema itself may be of parts', () => {
  const parts = [{ $ref: '#/$defs/base' }, { properties: { b: whole } }];
  expect(inlineSchema({ $defs: { base: { properties: { a: whole } } }, allOf: parts })).toEqual({
    properties: { a: whole, b: whole },
  });
});

test('schemas that refer to each other crosswise do not grow without end', () => {
  const names = Array.from({ length: 30 }, (_, at) => `d${at}`);
  const crosswise = Object.fromEntries(
    names.map((name, at) => {
      const next = { $ref: `#/definitions/d${at + 1}` };
      return [name, { type: 'object', properties: { left: next, right: next } }];
    }),
  );
  const schema = { definitions: crosswise, properties: { it: { $ref: '#/definitions/d0' } } };
  expect(JSON.stringify(inlineSchema(schema)).length).toBeLessThan(1_000_000);
});

test('parts may have members with the names of what every object has', () => {
  const parts = ['{"properties":{"__proto__":{"type":"integer"}}}', '{"properties":{"constructor":{}}}'];
  const { properties } = inlineSchema({ allOf: parts.map((part) => JSON.parse(part) as JsonObject) });
  expect(JSON.stringify(properties)).toBe('{"__proto__":{"type":"integer"},"constructor":{}}');
});
