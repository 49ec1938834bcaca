import type { JsonObject } from '@meltano/foundation/json';
import type { ContractMode } from './schema-contract.ts';

/** Records before they are encoded, each beside the record that it was made of. */
export interface ScreenedRecords {
  readonly rows: readonly JsonObject[];
  readonly originals: readonly JsonObject[];
  /** Their positions among all; undefined where none is left out. */
  readonly positions?: readonly number[];
  readonly refused: readonly { readonly record: JsonObject; readonly reason: string }[];
}

/**
 * Leaves out records that have a value which no column of the table takes. Only what `columns` of the contract
 * asks for is looked at; nulls say nothing.
 */
export function screenRecords(
  rows: readonly JsonObject[],
  originals: readonly JsonObject[],
  admitted: ReadonlySet<string>,
  mode: ContractMode,
): ScreenedRecords {
  if (mode === 'evolve' || mode === 'discard_value') return { rows, originals, refused: [] };
  const kept: JsonObject[] = [];
  const keptOriginals: JsonObject[] = [];
  const positions: number[] = [];
  const refused: { readonly record: JsonObject; readonly reason: string }[] = [];
  for (const [at, row] of rows.entries()) {
    const record = originals[at] ?? row;
    const strange = Object.keys(row).find((name) => !admitted.has(name) && row[name] !== null);
    if (strange !== undefined) refused.push({ record, reason: `"${strange}" has no column in the table` });
    else {
      kept.push(row);
      keptOriginals.push(record);
      positions.push(at);
    }
  }
  return refused.length === 0
    ? { rows, originals, refused }
    : { rows: kept, originals: keptOriginals, positions, refused };
}
