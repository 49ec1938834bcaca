import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How this program and the connectors that travel with it are started as processes of their own. */
export interface ProgramLauncher {
  /** Path of the `meltano` command, for `.meltano/run/bin` and child processes. */
  readonly meltano: string;
  /** The command line of a bundled connector's program; undefined when it does not travel along. */
  connector(
    npmPackage: string,
    executable: string,
  ): { readonly command: string; readonly args: readonly string[] } | undefined;
}

export function programLauncher(): ProgramLauncher {
  const here = dirname(fileURLToPath(import.meta.url));
  const built = extname(import.meta.url) === '.js';
  return {
    meltano: resolve(here, '../bin/meltano'),
    connector(npmPackage, executable) {
      const program = built ? resolve(here, `main/${executable}.js`) : sourceProgram(npmPackage, executable);
      if (program === undefined || !existsSync(program)) return undefined;
      return { command: process.execPath, args: [...process.execArgv, program] };
    },
  };
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
