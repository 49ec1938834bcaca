import type { JsonObject } from '@meltano/foundation/json';
import type { Connector } from '@meltano/sdk/connector';

/**
 * The native connectors that travel with the program, as data handed in by the distribution: the engine
 * names none of them. A package that is not among them is imported by its name, like a stranger's.
 */
export interface BundledConnectors {
  /** Their Hub definitions. */
  definitions(): Promise<readonly JsonObject[]>;
  /** The connector of that Hub name in a package. Rejects with a clear error when there is none. */
  load(npmPackage: string, name: string): Promise<Connector>;
  /** Whether the package can be loaded. */
  has(npmPackage: string): Promise<boolean>;
}
