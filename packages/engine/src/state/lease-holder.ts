import { identifyProcess } from '../system/process-identity.ts';
import type { LeaseHolder } from './state-store.ts';

/** This process as the holder of leases of a run. */
export async function describeThisProcess(runId: string): Promise<LeaseHolder> {
  return { runId, ...(await identifyProcess(process.pid)) };
}
