import type { BundledConnectors } from '@meltano/engine/bundled-connectors';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Connector } from '@meltano/sdk/connector';
import { connectorDefinitions, connectorPackages } from './connectors.ts';
import { cliError } from './errors.ts';

/** The connectors that travel with this program, and strangers' that are installed beside it. */
export const bundledConnectors: BundledConnectors = {
  async definitions() {
    const modules = await Promise.all(connectorDefinitions.map((load) => load()));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON files of our own packages
    return modules
      .map((module) => module.default as JsonValue)
      .filter((value): value is JsonObject => isJsonObject(value));
  },
  async load(npmPackage, name) {
    const module = await importPackage(npmPackage);
    const connector = connectorsOf(module)[name];
    if (connector !== undefined) return connector;
    throw cliError('no_connector', {
      message: `The package '${npmPackage}' has no connector '${name}'`,
      hint: `it has: ${Object.keys(connectorsOf(module)).join(', ') || 'none'}`,
    });
  },
  has: (npmPackage) =>
    importPackage(npmPackage).then(
      () => true,
      () => false,
    ),
};

async function importPackage(npmPackage: string): Promise<unknown> {
  const bundled = connectorPackages[npmPackage];
  try {
    return await (bundled === undefined ? import(npmPackage) : bundled());
  } catch (cause) {
    throw cliError('no_connector', {
      message: `The package '${npmPackage}' of a native connector cannot be loaded`,
      hint: `npm install ${npmPackage}`,
      cause,
    });
  }
}

function connectorsOf(module: unknown): Readonly<Record<string, Connector>> {
  const value: unknown =
    typeof module === 'object' && module !== null && 'connectors' in module ? module.connectors : {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract of a connector package
  return value as Readonly<Record<string, Connector>>;
}
