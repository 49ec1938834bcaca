import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { describe, expect, it } from 'vitest';
import type { Catalog } from './catalog.ts';
import { applyCatalogRules, type CatalogRules } from './catalog-rules.ts';
import { listSelection, selectedSchema, streamSelection } from './selection.ts';

const none: CatalogRules = { select: [], metadata: {}, schema: {}, selectFilter: [] };

function usersCatalog(): Catalog {
  return {
    streams: [
      {
        tap_stream_id: 'users',
        stream: 'users',
        schema: {
          properties: {
            id: { type: 'integer' },
            name: { type: 'string' },
            addr: { type: 'object', properties: { city: { type: 'string' } } },
            'un-x': { type: 'string' },
          },
        },
        metadata: [
          { breadcrumb: [], metadata: { inclusion: 'available' } },
          { breadcrumb: ['properties', 'id'], metadata: { inclusion: 'automatic' } },
          { breadcrumb: ['properties', 'name'], metadata: { inclusion: 'available' } },
          { breadcrumb: ['properties', 'un-x'], metadata: { inclusion: 'unsupported' } },
        ],
      },
      { tap_stream_id: 'public-orders', stream: 'orders', schema: { properties: { id: {}, 'a.b': {} } } },
    ],
  };
}

function metadataOf(catalog: Catalog, stream: string): Record<string, JsonObject> {
  const found = catalog.streams.find((each) => each.tap_stream_id === stream);
  return Object.fromEntries(
    (found?.metadata ?? []).map((entry) => [entry.breadcrumb.join('.'), entry.metadata]),
  );
}

const apply = (rules: Partial<CatalogRules>, options = {}) =>
  applyCatalogRules(usersCatalog(), { ...none, ...rules }, options);

describe('select', () => {
  it('gives what Meltano gives for a nested pattern (meltano-runtime §2.11, worked example)', () => {
    const { catalog } = apply({ select: ['users.addr.city'] });
    expect(metadataOf(catalog, 'users')).toEqual({
      '': { inclusion: 'available', selected: true },
      'properties.id': { inclusion: 'automatic', selected: false },
      'properties.name': { inclusion: 'available', selected: false },
      'properties.un-x': { inclusion: 'unsupported', selected: false },
      'properties.addr': { inclusion: 'automatic', selected: true },
      'properties.addr.properties.city': { inclusion: 'available', selected: true },
    });
    expect(catalog.streams[0]).toMatchObject({ selected: true });
    expect(catalog.streams[1]).toMatchObject({ selected: false });
  });

  it('lets exclusion win, wherever it stands', () => {
    const { catalog } = apply({ select: ['!users.name', '*.*'] });
    expect(metadataOf(catalog, 'users')['properties.name']).toMatchObject({ selected: false });
    expect(metadataOf(catalog, 'users')['properties.addr.properties.city']).toMatchObject({ selected: true });
  });

  it('never selects what is unsupported', () => {
    expect(metadataOf(apply({ select: ['*.*'] }).catalog, 'users')['properties.un-x']).toMatchObject({
      selected: false,
    });
  });

  it('excludes a whole stream', () => {
    const { catalog } = apply({ select: ['*.*', '!users'] });
    expect(metadataOf(catalog, 'users')['']).toMatchObject({ selected: false });
    expect(metadataOf(catalog, 'public-orders')['']).toMatchObject({ selected: true });
  });

  it('addresses a name with a dot by a backslash', () => {
    const { catalog } = apply({ select: ['public-orders.a\\.b'] });
    expect(metadataOf(catalog, 'public-orders')).toMatchObject({
      'properties.id': { selected: false },
      'properties.a.b': { selected: true },
    });
  });

  it('warns of streams and properties that are not there', () => {
    expect(
      apply({ select: ['nope.*', 'users.nix', 'users.addr.nix', 'us*.whatever', 'users.addr.*'] }).warnings,
    ).toEqual([
      'Stream `nope` was not found in the catalog',
      'Property `nix` was not found in the schema of stream `users`',
      'Property `addr.nix` was not found in the schema of stream `users`',
    ]);
  });

  it('refuses a pattern without a stream', () => {
    expect(() => apply({ select: ['!'] })).toThrow(/names no stream/);
  });
});

describe('metadata, schema and filter', () => {
  it('sets keys of streams, also in their older spelling, and of properties', () => {
    const { catalog } = apply({
      select: ['users.*'],
      metadata: {
        users: { 'replication-method': 'INCREMENTAL', name: { note: [1] } },
        'us*': { name: { selected: false } },
      },
    });
    expect(catalog.streams[0]).toMatchObject({ replication_method: 'INCREMENTAL' });
    expect(metadataOf(catalog, 'users')).toMatchObject({
      '': { 'replication-method': 'INCREMENTAL' },
      'properties.name': { note: [1], selected: false },
    });
  });

  it('replaces schemas of matching properties and adds one that is named in full', () => {
    const date = { type: ['string', 'null'], format: 'date-time' };
    const { catalog } = apply({ schema: { users: { 'na*': date, added: date, 'zz*': date } } });
    const properties = catalog.streams[0]?.schema['properties'] as Record<string, JsonValue>;
    expect(properties).toMatchObject({ name: date, added: date });
    expect(Object.keys(properties)).not.toContain('zz*');
    expect(metadataOf(catalog, 'users')['properties.added']).toBeDefined();
  });

  it('filters streams, on top of everything', () => {
    const only = apply({ select: ['*.*'], selectFilter: ['us*'] }).catalog;
    expect(only.streams.map((stream) => stream.selected)).toEqual([true, false]);
    const without = apply({ select: ['*.*'], selectFilter: ['!us*'] }).catalog;
    expect(without.streams.map((stream) => stream.selected)).toEqual([false, true]);
  });

  it('leaves a catalog made by hand alone but for the filter', () => {
    const { catalog } = apply({ select: ['public-orders.*'], selectFilter: ['users'] }, { filterOnly: true });
    expect(metadataOf(catalog, 'users')['properties.name']).toEqual({ inclusion: 'available' });
    expect(catalog.streams[1]).toMatchObject({ selected: false });
  });
});

describe('selection as taps read it', () => {
  it('leaves out what is not selected, at every depth', () => {
    const stream = apply({ select: ['users.name', '!users.addr'] }).catalog.streams[0];
    if (stream === undefined) throw new Error('no stream');
    const selection = streamSelection(stream);
    expect(selection.selected).toBe(true);
    const kept = selectedSchema(stream.schema, selection)['properties'] as Record<string, JsonValue>;
    expect(Object.keys(kept)).toEqual(['id', 'name', 'addr']);
  });

  it('selects everything of a stream without metadata', () => {
    const stream = { tap_stream_id: 's', stream: 's', schema: { properties: { a: {} } } };
    expect(streamSelection(stream).selected).toBe(true);
    expect(streamSelection(stream).isPropertySelected(['a'])).toBe(true);
  });

  it('lists what can be selected', () => {
    const { catalog } = apply({ select: ['users.name'] });
    expect(listSelection(catalog)[0]).toEqual({
      stream: 'users',
      status: 'selected',
      properties: [
        { name: 'id', status: 'automatic' },
        { name: 'name', status: 'selected' },
        { name: 'un-x', status: 'unsupported' },
        { name: 'addr', status: 'automatic' },
        { name: 'addr.city', status: 'excluded' },
      ],
    });
  });

  it('leaves a catalog made by hand as it is when no filter says otherwise', () => {
    const own: Catalog = {
      streams: [{ tap_stream_id: 'a', stream: 'a', schema: { properties: { x: {} } } }],
    };
    expect(applyCatalogRules(own, { ...none, select: ['b.*'] }, { filterOnly: true })).toEqual({
      catalog: own,
      warnings: [],
    });
  });
});
