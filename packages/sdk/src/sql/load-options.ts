import { matchesGlob } from '@meltano/singer/glob';
import type { QuarantineLimit } from './quarantine-limit.ts';
import { type ContractRules, contractOf, type SchemaContract } from './schema-contract.ts';

/** What a person decides about loading; every SQL target offers these, under its Hub's names. */
export interface SqlLoadOptions {
  readonly loadMethod: LoadMethod;
  /** Other load methods by patterns of stream names, the last match winning. */
  readonly streamLoadMethods: readonly (readonly [pattern: string, method: LoadMethod])[];
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
  /** What becomes of a record that its columns cannot hold, or that has no key. */
  readonly invalidRecords: RecordPolicy;
  readonly contract: ContractRules;
  readonly maxQuarantined: QuarantineLimit;
  /** Tables are replaced by what is read incrementally, too. */
  readonly overwriteIncremental: boolean;
}

/** The run ends; the record is left out and counted; it is put into the quarantine table and counted. */
export const recordPolicies = ['fail', 'refuse', 'quarantine'] as const;
export type RecordPolicy = (typeof recordPolicies)[number];

export const loadMethods = ['append-only', 'upsert', 'overwrite', 'scd2'] as const;
export type LoadMethod = (typeof loadMethods)[number];

/** The options of one stream. */
export interface StreamLoadOptions extends Omit<SqlLoadOptions, 'contract' | 'streamLoadMethods'> {
  readonly contract: SchemaContract;
}

export function streamOptions(options: SqlLoadOptions, stream: string): StreamLoadOptions {
  const { contract, streamLoadMethods, ...rest } = options;
  const own = streamLoadMethods.findLast(([pattern]) => matchesGlob(stream, pattern));
  return { ...rest, loadMethod: own?.[1] ?? options.loadMethod, contract: contractOf(contract, stream) };
}
