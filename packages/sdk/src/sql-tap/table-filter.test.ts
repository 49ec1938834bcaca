import { expect, test } from 'vitest';
import { type TableFilterOptions, tableFilter } from './table-filter.ts';

const all = ['sales.orders', 'sales.order_items', 'crm.users', 'attic.orders'];

test.each<[Partial<TableFilterOptions>, readonly string[]]>([
  [{}, all],
  [{ schemas: [], tables: [] }, all],
  [{ schemas: ['sales', 'c*'] }, ['sales.orders', 'sales.order_items', 'crm.users']],
  [{ excludedSchemas: ['a*'] }, ['sales.orders', 'sales.order_items', 'crm.users']],
  [{ tables: ['orders'] }, ['sales.orders', 'attic.orders']],
  [{ tables: ['sales.*'], excludedSchemas: ['crm'] }, ['sales.orders', 'sales.order_items']],
  [{ schemas: ['sales'], excludedSchemas: ['sales'] }, []],
])('%j leaves %j', (options, left) => {
  const wants = tableFilter({
    schemas: undefined,
    excludedSchemas: undefined,
    tables: undefined,
    ...options,
  });
  const tables = all.map((text) => {
    const [schema = '', name = ''] = text.split('.');
    return { schema, name };
  });
  expect(tables.filter(wants).map(({ schema, name }) => `${schema}.${name}`)).toEqual(left);
});
