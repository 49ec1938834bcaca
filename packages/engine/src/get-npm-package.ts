import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isJsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * What to type in the project's folder for an npm package that is missing there. A package that `package.json`
 * (there or above) lists already is got by what is written, never by its bare name: of a private package or one
 * beside the project a stranger may have published the name.
 */
export function getNpmPackage(npmPackage: string, root: string): string {
  const folder = folderOfManifest(root);
  if (folder === undefined || !isListed(npmPackage, join(folder, 'package.json')))
    return `npm install ${npmPackage}`;
  return existsSync(join(folder, 'package-lock.json')) ? 'npm ci' : 'npm install';
}

function folderOfManifest(folder: string): string | undefined {
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(folder) === folder ? undefined : folderOfManifest(dirname(folder));
}

function isListed(npmPackage: string, file: string): boolean {
  const manifest = readManifest(file);
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => {
    const listed = isJsonObject(manifest) ? manifest[kind] : undefined;
    return isJsonObject(listed) && Object.hasOwn(listed, npmPackage);
  });
}

/** Undefined when it cannot be read: npm will tell. */
function readManifest(file: string): JsonValue | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}
