/** What a person decides about loading; every SQL target offers these, under its Hub's names. */
export interface SqlLoadOptions {
  readonly loadMethod: LoadMethod;
  readonly schema: string;
  /** Schemas by the part of a stream's name before its first `-`: `{"sales": "crm"}` puts `sales-users` into `crm.users`. */
  readonly schemaMapping: ReadonlyMap<string, string>;
  readonly addRecordMetadata: boolean;
  readonly hardDelete: boolean;
  readonly activateVersions: boolean;
  readonly keysRequired: boolean;
  /** Records of one stream after which all is made durable. */
  readonly batchRows: number;
  /** Levels of nested objects that become columns `outer__inner`; 0 keeps them as JSON. */
  readonly flattenLevels: number;
  /** A record that its columns cannot hold ends the run, or is refused with a count. */
  readonly invalidRecords: 'fail' | 'refuse';
}

export const loadMethods = ['append-only', 'upsert', 'overwrite'] as const;
export type LoadMethod = (typeof loadMethods)[number];
