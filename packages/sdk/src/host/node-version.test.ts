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
