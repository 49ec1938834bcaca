import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BundledConnectors } from '@meltano/engine/bundled-connectors';
import { getNpmPackage } from '@meltano/engine/get-npm-package';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Connector } from '@meltano/sdk/connector';
import { connectorDefinitions, connectorPackages } from './connectors.ts';
import { cliError } from './errors.ts';
import { type Exports, findNpmPackage } from './npm-package-place.ts';

/** The connectors that travel with this program, and strangers' that are installed in the project or beside it. */
export const bundledConnectors: BundledConnectors = {
  async definitions() {
    const modules = await Promise.all(connectorDefinitions.map((load) => load()));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON files of our own packages
    return modules
      .map((module) => module.default as JsonValue)
      .filter((value): value is JsonObject => isJsonObject(value));
  },
  async load(npmPackage, name, root) {
    const module = await importPackage(npmPackage, root);
    const connectors = connectorsOf(module);
    const [only, ...others] = Object.values(connectors);
    // A plugin may have a name of its own; which connector it means is plain where there is one.
    const connector = connectors[name] ?? (others.length === 0 ? only : undefined);
    if (connector !== undefined) return connector;
    throw cliError('no_connector', {
      message: `The package '${npmPackage}' has no connector '${name}'`,
      hint: `it has: ${Object.keys(connectors).join(', ') || 'none'}`,
    });
  },
  // One that is there, but cannot be loaded, tells why when it is.
  async find(npmPackage, root) {
    if (npmPackage in connectorPackages) return 'bundled';
    if (placeOf(npmPackage, root) !== npmPackage) return 'npm';
    return importPackage(npmPackage, root).then(
      () => 'npm',
      () => undefined,
    );
  },
};

async function importPackage(npmPackage: string, root: string): Promise<unknown> {
  const bundled = connectorPackages[npmPackage];
  try {
    return await (bundled === undefined ? import(placeOf(npmPackage, root)) : bundled());
  } catch (cause) {
    throw cliError('no_connector', {
      message: `The package '${npmPackage}' of a native connector cannot be loaded: ${errorMessage(cause)}`,
      hint:
        bundled === undefined
          ? `in the folder of the project: ${getNpmPackage(npmPackage, root)}`
          : 'it comes with this program: install the program anew',
      cause,
    });
  }
}

/** Where the project has the package; its bare name where it has none. */
function placeOf(npmPackage: string, root: string): string {
  const place = findNpmPackage(npmPackage, root);
  if (place === undefined) return npmPackage;
  return pathToFileURL(join(place.folder, entryOf(place.exports) ?? place.main ?? 'index.js')).href;
}

/** What `import` of the bare name takes: the first of these conditions, however deep. */
function entryOf(exports: Exports): string | undefined {
  if (exports === undefined || typeof exports === 'string') return exports;
  for (const condition of ['.', 'node', 'import', 'default']) {
    const entry = entryOf(exports[condition]);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** A package exports `connectors` by name, or has one as its default. */
function connectorsOf(module: unknown): Readonly<Record<string, Connector>> {
  if (typeof module !== 'object' || module === null) return {};
  const { connectors, default: only } = module as {
    readonly connectors?: Readonly<Record<string, Connector>>;
    readonly default?: Connector;
  };
  return connectors ?? (only?.about === undefined ? {} : { [only.about.name]: only });
}
