import { matchesGlob } from '@meltano/singer/glob';

export interface TableFilterOptions {
  readonly schemas: readonly string[] | undefined;
  readonly excludedSchemas: readonly string[] | undefined;
  /** Patterns of table names, or of `schema.table`. */
  readonly tables: readonly string[] | undefined;
}

export type TableFilter = (table: { readonly schema: string; readonly name: string }) => boolean;

/** Which tables a person wants; a list that is absent or empty wants all. */
export function tableFilter({ schemas, excludedSchemas, tables }: TableFilterOptions): TableFilter {
  const isOneOf = (text: string, patterns: readonly string[]) =>
    patterns.some((pattern) => matchesGlob(text, pattern));
  const wants = (patterns: readonly string[] | undefined, ...texts: readonly string[]) =>
    patterns === undefined || patterns.length === 0 || texts.some((text) => isOneOf(text, patterns));
  return ({ schema, name }) =>
    wants(schemas, schema) &&
    !isOneOf(schema, excludedSchemas ?? []) &&
    wants(tables, name, `${schema}.${name}`);
}
