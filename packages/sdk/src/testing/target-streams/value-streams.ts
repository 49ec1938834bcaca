import { instant, record, schema, state, type TargetStream, text, whole } from './target-stream.ts';

const shelves = [
  { id: 1, labels: ['plums', 'pears'] },
  { id: 2, labels: [] },
  { id: 3, labels: ['"figs"', 'a,b', null] },
];
const texts = [
  { id: 1, note: 'Ünï çødé — ελληνικά 日本語' },
  { id: 2, note: 'tab\there, line\nfeed, back\\slash, "quotes"' },
  { id: 3, note: 'beyond the plane 🦆' },
  { id: 4, note: 'nul \u0000 inside' },
  { id: 5, note: '' },
];

/** What values may look like. */
export const valueStreams: readonly TargetStream[] = [
  {
    name: 'array data',
    proves: 'lists of texts are kept as lists',
    messages: [
      schema('shelf_labels', { id: whole, labels: { type: ['array', 'null'], items: text } }),
      ...shelves.map((row) => record('shelf_labels', row)),
      state({ shelf_labels: 3 }),
    ],
    rows: { shelf_labels: shelves },
    state: { shelf_labels: 3 },
  },
  {
    name: 'encoded text data',
    proves: 'texts are kept to the character, in objects and lists, too',
    messages: [
      schema('odd_texts', { id: whole, note: text }),
      schema('odd_objects', { id: whole, info: { type: ['object', 'null'], properties: { note: text } } }),
      schema('odd_lists', { id: whole, notes: { type: ['array', 'null'], items: text } }),
      ...texts.flatMap(({ id, note }) => [
        record('odd_texts', { id, note }),
        record('odd_objects', { id, info: { note } }),
        record('odd_lists', { id, notes: [note, note] }),
      ]),
      state({ odd_texts: 5 }),
    ],
    rows: {
      odd_texts: texts,
      odd_objects: texts.map(({ id, note }) => ({ id, info: { note } })),
      odd_lists: texts.map(({ id, note }) => ({ id, notes: [note, note] })),
    },
    state: { odd_texts: 5 },
  },
  {
    name: 'optional attributes',
    proves: 'properties that are missing or null are null',
    messages: [
      schema('guests', { id: { type: 'integer' }, nick: text }),
      record('guests', { id: 1, nick: 'Lu' }),
      record('guests', { id: 2 }),
      record('guests', { id: 3, nick: null }),
      state({ guests: 3 }),
    ],
    rows: {
      guests: [
        { id: 1, nick: 'Lu' },
        { id: 2, nick: null },
        { id: 3, nick: null },
      ],
    },
    state: { guests: 3 },
  },
  {
    name: 'record with missing fields',
    proves: 'an empty state is a state',
    messages: [
      schema('sparse', { id: whole, a: text, b: text }),
      record('sparse', { id: 1, a: 'x', b: 'y' }),
      record('sparse', { id: 2, b: 'z' }),
      state({}),
    ],
    rows: {
      sparse: [
        { id: 1, a: 'x', b: 'y' },
        { id: 2, a: null, b: 'z' },
      ],
    },
    state: {},
  },
  {
    name: 'record without a required property',
    proves: 'a property that a record lacks is null, although the schema requires it',
    messages: [
      schema('strict', { id: whole, must: { type: 'string' } }, [], { required: ['id', 'must'] }),
      record('strict', { id: 1 }),
    ],
    rows: { strict: [{ id: 1, must: null }] },
  },
  {
    name: 'schema without nested properties',
    proves: 'objects are kept whether or not the schema says what is in them',
    messages: [
      schema('nested', {
        id: whole,
        open: { type: 'object' },
        known: { type: ['object', 'null'], properties: { at: instant, n: whole } },
        any: {},
      }),
      record('nested', {
        id: 1,
        open: { a: { b: [1] } },
        known: { at: '2020-02-02T00:00:00Z', n: 1 },
        any: 5,
      }),
      record('nested', { id: 2, open: {}, known: null, any: { deep: true } }),
    ],
    rows: {
      nested: [
        { id: 1, open: { a: { b: [1] } }, known: { at: '2020-02-02T00:00:00Z', n: 1 }, any: 5 },
        { id: 2, open: {}, known: null, any: { deep: true } },
      ],
    },
  },
];
