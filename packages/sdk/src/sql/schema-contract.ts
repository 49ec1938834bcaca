import { isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { matchesGlob } from '@meltano/singer/glob';

/**
 * What happens when a stream does not fit its table. `evolve`: the table follows. `freeze`: the run fails and tells
 * the difference. `discard_value`: the value is left out and counted. `discard_row`: the record is refused and
 * counted. `quarantine`: the record is put aside, with the reason, and counted (Invariant 4).
 */
export const contractModes = ['evolve', 'freeze', 'discard_value', 'discard_row', 'quarantine'] as const;
export type ContractMode = (typeof contractModes)[number];

export interface SchemaContract {
  /** The stream has no table. */
  readonly tables: ContractMode;
  /** A property has no column, or a record has a member that its schema does not name. */
  readonly columns: ContractMode;
  /** A column's type does not hold what the stream sends. */
  readonly data_type: ContractMode;
}

/** The contract of all streams, and what patterns of stream names change in it, the last match winning. */
export interface ContractRules {
  readonly all: SchemaContract;
  readonly streams: readonly (readonly [pattern: string, change: Partial<SchemaContract>])[];
}

const aspects = ['tables', 'columns', 'data_type'] as const;

export const evolving: SchemaContract = { tables: 'evolve', columns: 'evolve', data_type: 'evolve' };

/** The JSON Schema of the setting: modes by aspect, and under `streams` a mode or modes by pattern. */
export const contractSchema = {
  properties: {
    ...Object.fromEntries(aspects.map((aspect) => [aspect, { enum: [...contractModes] }])),
    streams: {
      type: 'object',
      additionalProperties: {
        anyOf: [
          { enum: [...contractModes] },
          {
            type: 'object',
            properties: Object.fromEntries(aspects.map((aspect) => [aspect, { enum: [...contractModes] }])),
            additionalProperties: false,
          },
        ],
      },
    },
  },
  additionalProperties: false,
} as const;

/** Reads the setting, which is valid by `contractSchema`. */
export function parseContract(value: JsonValue | undefined): ContractRules {
  const written = isJsonObject(value) ? value : {};
  const streams = isJsonObject(written['streams']) ? written['streams'] : {};
  return {
    all: { ...evolving, ...changeOf(written) },
    streams: Object.entries(streams).map(([pattern, change]) => [pattern, changeOf(change)]),
  };
}

function changeOf(value: JsonValue): Partial<SchemaContract> {
  if (typeof value === 'string') return allOf(value as ContractMode);
  const written = isJsonObject(value) ? value : {};
  return Object.fromEntries(
    aspects.flatMap((aspect) => (written[aspect] === undefined ? [] : [[aspect, written[aspect]]])),
  ) as Partial<SchemaContract>;
}

function allOf(mode: ContractMode): SchemaContract {
  return { tables: mode, columns: mode, data_type: mode };
}

export function contractOf({ all, streams }: ContractRules, stream: string): SchemaContract {
  return streams.reduce(
    (contract, [pattern, change]) => (matchesGlob(stream, pattern) ? { ...contract, ...change } : contract),
    all,
  );
}
