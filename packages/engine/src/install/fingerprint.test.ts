import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  needsInstall,
  removeFingerprint,
  venvFingerprint,
  venvPython,
  writeFingerprint,
} from './fingerprint.ts';

describe('the fingerprint', () => {
  // Written by Meltano.
  it.each([
    [
      ['git+https://github.com/MeltanoLabs/tap-csv.git'],
      undefined,
      'c13ebfe5c351b2e69ff9891e7de2e65e0f93c61c150e672187fe503a042f8e06',
    ],
    [['tap-py'], '3.1', 'b61a1f1404f77128da3b0564db9cc6779845af85a629de975124c98175e7b4e6'],
  ])('of %j with Python %s is Meltano’s', (packages, python, fingerprint) => {
    expect(venvFingerprint(packages, python)).toBe(fingerprint);
  });

  it('does not depend on order or repetition', () => {
    expect(venvFingerprint(['b', 'a', 'b'], undefined)).toBe(venvFingerprint(['a', 'b'], undefined));
    expect(venvFingerprint(['a', 'c'], undefined)).not.toBe(venvFingerprint(['a', 'b'], undefined));
  });

  it('a venv counts as installed only when it is whole and made from the same', async () => {
    const venv = await mkdtemp(join(tmpdir(), 'meltano-venv-'));
    onTestFinished(() => rm(venv, { recursive: true, force: true }));
    expect(await needsInstall(venv, 'f')).toBe(true);
    await mkdir(dirname(venvPython(venv)), { recursive: true });
    await writeFile(venvPython(venv), '', { mode: 0o755 });
    expect(await needsInstall(venv, 'f')).toBe(true);
    await writeFingerprint(venv, 'f');
    expect(await needsInstall(venv, 'f')).toBe(false);
    expect(await needsInstall(venv, 'g')).toBe(true);
    await removeFingerprint(venv);
    expect(await needsInstall(venv, 'f')).toBe(true);
  });
});
