import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorMessage } from '@meltano/foundation/errors';
import type { Connector } from '../connector.ts';
import { authoringError } from './errors.ts';

/** The connector of a file: what a manifest describes, or what a module exports, its default or the only one. */
export async function loadConnector(file: string, cwd: string): Promise<Connector> {
  const path = resolve(cwd, file);
  if (isManifestFile(file)) {
    const { manifestConnector } = await import('../low-code/manifest-connector.ts');
    return manifestConnector(path, file);
  }
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw authoringError('not_a_connector', {
      message: `${file} cannot be loaded: ${errorMessage(cause)}`,
      hint: 'give the file that makes the connector with defineTap, defineTarget or defineMapper, or a manifest',
      cause,
    });
  }
  const found = isConnector(module['default'])
    ? [module['default']]
    : Object.values(module).filter(isConnector);
  const [connector] = found;
  if (connector !== undefined && found.length === 1) return connector;
  throw authoringError('not_a_connector', {
    message: `${file} exports ${found.length === 0 ? 'no connector' : 'several connectors'}`,
    hint: 'export one as default: export default defineTap({ … })',
  });
}

/** Whether a file holds a manifest and no code. */
export function isManifestFile(file: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(file);
}

function isConnector(value: unknown): value is Connector {
  return (
    typeof value === 'object' &&
    value !== null &&
    'about' in value &&
    'kind' in value &&
    ['tap', 'target', 'mapper'].includes(String(value.kind))
  );
}
