import type { JsonObject } from '@meltano/foundation/json';
import { hubDefinition } from '../about/hub-definition.ts';
import type { Connector } from '../connector.ts';
import type { AuthoringWorld } from './authoring-world.ts';
import { isManifestFile, loadConnector } from './load-connector.ts';

const usage = `Usage: meltano-sdk definition FILE > definition.json

Prints the plugin definition for meltano add --from-ref. That of a manifest runs with the tap-rest-api that comes with
meltano; name the manifest as the project will find it, from the folder of its meltano.yml.
`;

/** What `meltano add --from-ref` reads. */
export async function definition([file]: readonly string[], world: AuthoringWorld): Promise<void> {
  if (file === undefined || file === '--help') return world.print(usage);
  const connector = await loadConnector(file, world.cwd);
  const made = isManifestFile(file) ? manifestDefinition(connector, file) : packageDefinition(connector);
  world.print(JSON.stringify(made, undefined, 2));
}

/** The program is that of the project's own packages. */
function packageDefinition(connector: Connector): JsonObject {
  const { name } = connector.about;
  const { executable: _, ...known } = hubDefinition(connector, { npmPackage: name });
  return { ...known, executable: `./node_modules/.bin/${name}` };
}

/** A manifest is no package: the tap that reads manifests runs it, told where it is. */
function manifestDefinition(connector: Connector, file: string): JsonObject {
  const { settings, ...known } = hubDefinition(connector, { npmPackage: '@meltano/connector-rest-api' });
  const manifest = {
    name: 'manifest',
    label: 'Manifest',
    kind: 'string',
    value: file,
    description: 'The file that describes the API and its streams.',
  };
  return {
    ...known,
    executable: 'tap-rest-api',
    settings: [manifest, ...(settings as readonly JsonObject[])],
  };
}
