import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launcher } from '@meltano/engine/engine';
import { connectorPackages } from './connectors.ts';
import { findNpmPackage } from './npm-package-place.ts';

/**
 * How this program and native connectors are started as processes of their own. A connector that travels with
 * this program is its own; any other is that of the project, or lies beside this program.
 */
export function programLauncher(): Launcher {
  const here = dirname(fileURLToPath(import.meta.url));
  const built = extname(import.meta.url) === '.js';
  return {
    meltano: resolve(here, '../bin/meltano'),
    connector(npmPackage, executable, root) {
      const program =
        (npmPackage in connectorPackages ? undefined : projectProgram(npmPackage, executable, root)) ??
        (built ? resolve(here, `main/${executable}.js`) : sourceProgram(npmPackage, executable));
      if (program === undefined || !existsSync(program)) return undefined;
      return isScript(program)
        ? { command: process.execPath, args: [...process.execArgv, program] }
        : { command: program, args: [] };
    },
  };
}

/** The program of that name which the package brings along (`bin` of its `package.json`). */
function projectProgram(npmPackage: string, executable: string, root: string): string | undefined {
  const place = findNpmPackage(npmPackage, root);
  if (place?.bin === undefined) return undefined;
  const programs = typeof place.bin === 'string' ? { [basename(npmPackage)]: place.bin } : place.bin;
  // Definitions name it as Meltano for Python can start it: ./node_modules/.bin/tap-x.
  const name = basename(executable);
  const file = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return file === undefined ? undefined : join(place.folder, file);
}

/** One for Node.js, which needs no permission to be executed. */
function isScript(program: string): boolean {
  return ['.js', '.mjs', '.cjs', '.ts', '.mts'].includes(extname(program));
}

/** A connector's programs lie in `main/` beside its entry. */
function sourceProgram(npmPackage: string, executable: string): string | undefined {
  try {
    const entry = fileURLToPath(import.meta.resolve(npmPackage));
    return resolve(dirname(entry), 'main', `${executable}${extname(entry)}`);
  } catch {
    return undefined;
  }
}
