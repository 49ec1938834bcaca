import type { JsonObject } from '@meltano/foundation/json';
import type { Connector } from '@meltano/sdk/connector';

export type NativeOrigin = 'bundled' | 'npm';

/**
 * The native connectors that travel with the program, as data handed in by the distribution: the engine
 * names none of them. A package that is not among them is looked for in the project's folder (`node_modules` there
 * and above), then beside the program.
 */
export interface BundledConnectors {
  /** Their Hub definitions. */
  definitions(): Promise<readonly JsonObject[]>;
  /** The connector of that Hub name in a package. Rejects with a clear error when there is none. */
  load(npmPackage: string, name: string, root: string): Promise<Connector>;
  /** Where the package is: inside this program, or installed by npm; undefined when it is nowhere. */
  find(npmPackage: string, root: string): Promise<NativeOrigin | undefined>;
}
