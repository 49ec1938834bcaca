import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A package that a project has installed: its folder and what its `package.json` says about entries. */
export interface NpmPackagePlace {
  readonly folder: string;
  readonly exports?: Exports;
  readonly main?: string;
  /** Its programs by name; a text is the program that is named like the package. */
  readonly bin?: string | Readonly<Record<string, string>>;
}

export type Exports = string | { readonly [condition: string]: Exports } | undefined;

/** Looks in `node_modules` of the project's folder and of those above it; undefined where it is in none. */
export function findNpmPackage(npmPackage: string, root: string): NpmPackagePlace | undefined {
  const file = manifestOf(npmPackage, root);
  if (file === undefined) return undefined;
  const { exports, main, bin } = JSON.parse(readFileSync(file, 'utf8')) as Omit<NpmPackagePlace, 'folder'>;
  return {
    folder: dirname(file),
    ...(exports === undefined ? {} : { exports }),
    ...(main === undefined ? {} : { main }),
    ...(bin === undefined ? {} : { bin }),
  };
}

function manifestOf(npmPackage: string, root: string): string | undefined {
  try {
    return findPackageJSON(npmPackage, pathToFileURL(join(root, 'package.json')));
  } catch {
    // Not installed in the project.
    return undefined;
  }
}
