import type { MisfitPolicy } from './encode-batch.ts';
import type { RecordPolicy } from './load-options.ts';
import type { ContractMode } from './schema-contract.ts';

/** What becomes of a value that its column cannot hold. */
export function misfitPolicy(mode: ContractMode): MisfitPolicy {
  return mode === 'evolve' ? 'widen' : mode === 'discard_value' ? 'discard' : 'refuse';
}

/** What becomes of a record that breaks a part of the contract; where the table would follow, of one that it cannot follow. */
export function recordPolicy(mode: ContractMode, otherwise: RecordPolicy): RecordPolicy {
  if (mode === 'freeze') return 'fail';
  if (mode === 'quarantine') return mode;
  return mode === 'discard_row' ? 'refuse' : otherwise;
}
