import { resolve } from 'node:path';

/** This program, as users call it. */
export const ourProgram = resolve(import.meta.dirname, '../bin/meltano');

/** Meltano 4.4.1 from PyPI: `MELTANO_ORACLE` names its executable. */
export function oracleProgram(): string {
  const program = process.env['MELTANO_ORACLE'];
  if (!program) {
    throw new Error(
      'MELTANO_ORACLE names no executable. Install Meltano 4.4.1 (`uv tool install meltano==4.4.1`) and set MELTANO_ORACLE to the path of its `meltano`.',
    );
  }
  return program;
}
