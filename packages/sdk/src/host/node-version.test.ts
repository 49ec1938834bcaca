import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeComplaint } from './node-version.ts';

it.each(['22.19.0', '22.20.1', '24.0.0'])('%s will do', (version) => {
  expect(nodeComplaint('tap-x', version)).toBeUndefined();
});

it.each(['20.19.4', '22.18.9', '8.0.0'])('%s is told to be too old', (version) => {
  expect(nodeComplaint('tap-x', version)).toContain(
    `tap-x needs Node.js 22.19 or newer, and runs on ${version}`,
  );
});

const packages = join(import.meta.dirname, '../../..');

it.each([
  'sdk/src/main/meltano-sdk.ts',
  ...['tap', 'target', 'mapper'].map((kind) => `create-${kind}/src/main.ts`),
])('%s asks before it imports anything that an old version cannot load', (file) => {
  const text = readFileSync(join(packages, file), 'utf8');
  const statically = [...text.matchAll(/^import .* from '(.*)';$/gm)].map(([, module]) => module);
  expect(statically).toEqual([expect.stringMatching(/host\/node-version(?:\.ts)?$/)]);
  expect(text.indexOf('assertNodeVersion(')).toBeLessThan(text.indexOf('await import('));
});
