import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from './scenario.ts';

const folder = join(import.meta.dirname, 'recorded');

export function loadRecorded(area: string): Recorded {
  const file = join(folder, `${area}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

export function saveRecorded(area: string, recorded: Recorded): void {
  writeFileSync(join(folder, `${area}.json`), `${JSON.stringify(recorded, null, 1)}\n`);
}
