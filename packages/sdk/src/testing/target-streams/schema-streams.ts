import { instant, record, schema, state, type TargetStream, text, whole } from './target-stream.ts';

const grown = [
  { id: 1, a: 1 },
  { id: 2, a: 2, b: 'two' },
  { id: 3, a: 3, b: 'three', c: true },
  { id: 4, a: 4, b: 'four', c: false },
  { id: 5, a: 5.5, b: null, c: null, d: '2024-05-05T05:05:05Z' },
  { id: 6, a: 6, b: 'six', c: true, d: null },
];

/** What schemas and names may look like, and when they come. */
export const schemaStreams: readonly TargetStream[] = [
  {
    name: 'camel case',
    proves: 'names keep their letters whatever their case',
    messages: [
      schema('TestCamelStream', { Id: { type: 'string' }, userName: text }, ['Id']),
      record('TestCamelStream', { Id: 'k1', userName: 'Eve' }),
    ],
    rows: { TestCamelStream: [{ id: 'k1', username: 'Eve' }] },
  },
  {
    name: 'camel case in a complex schema',
    proves: 'schemas without records make empty streams, alternatives of times are times',
    messages: [
      schema('ForecastTypes', { Id: text, updatedAt: { anyOf: [instant, { type: 'null' }] } }, ['Id'], {
        additionalProperties: false,
      }),
      schema(
        'Forecasts',
        { Id: text, From: { anyOf: [{ type: 'null' }, instant] }, n: { type: 'number' } },
        ['Id'],
        {
          additionalProperties: false,
        },
      ),
    ],
    rows: { ForecastTypes: [], Forecasts: [] },
  },
  {
    name: 'invalid schema',
    proves: 'a schema without properties is refused',
    messages: [schema('shapeless', undefined), record('shapeless', { id: 1 }), state({ at: 1 })],
    refused: /shapeless has no properties/,
  },
  {
    name: 'record before its schema',
    proves: 'a record before its schema is refused',
    messages: [record('early', { id: 1 }), schema('early', { id: whole }), state({ early: 1 })],
    refused: /before its schema/,
  },
  {
    name: 'several states',
    proves: 'of the states of interleaved streams the last is acknowledged',
    messages: [
      schema('left', { id: whole }),
      schema('right', { id: whole }),
      record('left', { id: 1 }),
      state({ left: 1 }),
      record('right', { id: 1 }),
      record('left', { id: 2 }),
      state({ left: 2, right: 1 }),
      record('right', { id: 2 }),
      state({ left: 2, right: 2 }),
      record('left', { id: 3 }),
      state({ left: 3, right: 2 }),
    ],
    rows: { left: [{ id: 1 }, { id: 2 }, { id: 3 }], right: [{ id: 1 }, { id: 2 }] },
    state: { left: 3, right: 2 },
  },
  {
    name: 'schema updates',
    proves: 'a schema that grows three times grows the stream, and numbers replace whole numbers',
    messages: [
      schema('growing', { id: whole, a: whole }),
      record('growing', grown[0] ?? {}),
      schema('growing', { id: whole, a: whole, b: text }),
      record('growing', grown[1] ?? {}),
      schema('growing', { id: whole, a: whole, b: text, c: { type: ['boolean', 'null'] } }),
      record('growing', grown[2] ?? {}),
      record('growing', grown[3] ?? {}),
      schema('growing', {
        id: whole,
        a: { type: ['number', 'null'] },
        b: text,
        c: { type: ['boolean', 'null'] },
        d: instant,
      }),
      record('growing', grown[4] ?? {}),
      record('growing', grown[5] ?? {}),
      state({ growing: 6 }),
    ],
    rows: { growing: grown },
    state: { growing: 6 },
  },
  {
    name: 'special characters in names',
    proves: 'streams and properties may be called anything, and messages have members that say more',
    messages: [
      schema(
        'test:Odd!chars?in',
        {
          _id: { type: 'string' },
          d: { type: 'object', properties: { 'env:name': text, 'geo:point': { type: 'object' } } },
        },
        ['_id'],
      ),
      record(
        'test:Odd!chars?in',
        { _id: 'one', d: { 'env:name': 'prod', 'geo:point': { lat: 1 } } },
        { version: 1_541_000_000_000, time_extracted: '2024-03-03T03:03:03Z' },
      ),
    ],
    rows: { 'test:Odd!chars?in': [{ _id: 'one', d: { 'env:name': 'prod', 'geo:point': { lat: 1 } } }] },
  },
  {
    name: 'quotes in names',
    proves: 'a stream and its properties may have quotes in their names, and come again',
    messages: [
      schema('say "it\'s"', { id: whole, 'a "b" \'c\'': text }),
      record('say "it\'s"', { id: 1, 'a "b" \'c\'': 'x' }),
    ],
    again: [
      schema('say "it\'s"', { id: whole, 'a "b" \'c\'': text }),
      record('say "it\'s"', { id: 1, 'a "b" \'c\'': 'y' }),
    ],
    rows: { 'say "it\'s"': [{ id: 1, 'a "b" \'c\'': 'y' }] },
  },
];
