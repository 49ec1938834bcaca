import { describe, expect, it } from 'vitest';
import { installError } from './errors.ts';
import {
  renderInstallAdvice,
  renderInstallProgress,
  renderInstallSummary,
  renderMissingVariables,
} from './install-lines.ts';
import type { InstallablePlugin } from './install-plugin.ts';
import type { InstallOutcome } from './install-plugins.ts';

const plugin: InstallablePlugin = {
  type: 'files',
  name: 'x',
  folder: 'x',
  pipUrl: 'x',
  npmPackage: undefined,
  python: undefined,
  installable: true,
  mapping: undefined,
};
const installed: InstallOutcome = { status: 'installed', plugin, durationMs: 1 };
const shared: InstallOutcome = { status: 'skipped', plugin, why: 'shared' };
const failed: InstallOutcome = {
  status: 'failed',
  plugin,
  error: installError('pip_failed', { message: 'Command failed', details: { output: 'all of it' } }),
};

describe('lines of an installation', () => {
  it('are Meltano’s', () => {
    expect(renderInstallProgress({ kind: 'started', plugin }, 'add')).toEqual({
      level: 'info',
      event: "Installing file bundle 'x'",
    });
    expect(renderInstallProgress({ kind: 'ended', outcome: installed }, 'upgrade')).toEqual({
      level: 'info',
      event: "Updated file bundle 'x'",
    });
    expect(renderInstallProgress({ kind: 'ended', outcome: shared }, 'install').event).toBe(
      "Skipped installing file bundle 'x'. Plugin 'x' does not require installation: reusing parent virtualenv.",
    );
    const skipped = (why: 'not-installable' | 'unchanged' | 'missing-variable') =>
      renderInstallProgress({ kind: 'ended', outcome: { status: 'skipped', plugin, why } }, 'auto');
    expect([
      skipped('not-installable').event,
      skipped('unchanged').event,
      skipped('missing-variable').event,
    ]).toEqual([
      "Skipped installing file bundle 'x'. Plugin is not installable.",
      "Skipped installing file bundle 'x'. Requirements have not changed.",
      "Skipped installing file bundle 'x'. Missing environment variable.",
    ]);
    expect(skipped('unchanged').level).toBe('debug');
    expect(renderInstallProgress({ kind: 'ended', outcome: failed }, 'install')).toEqual({
      level: 'error',
      event: 'Installation failed. Command failed.',
      fields: {
        install_state: {
          plugin_type: 'files',
          plugin_name: 'x',
          reason: 'install',
          status: 'error',
          message: 'Command failed',
          details: 'all of it',
          lines: [],
        },
      },
    });
    expect(renderMissingVariables(plugin, ['A']).event).toBe(
      "Environment variable 'A' not set for 'x' `pip_url`, will not attempt install",
    );
  });

  it('tell the reason of a failure once', () => {
    const failure = (lines: readonly string[]) =>
      renderInstallProgress(
        {
          kind: 'ended',
          outcome: {
            status: 'failed',
            plugin,
            error: installError('pip_failed', {
              message: 'Could not install x: no such version',
              details: { lines, reason: 'no such version', output: 'all of it' },
            }),
          },
        },
        'install',
      );
    const short = failure(['error: no such version']);
    expect(short.event).toBe('Installation failed. Could not install x: no such version.');
    expect(short.fields).toMatchObject({ install_state: { lines: [], details: 'all of it' } });
    const long = failure(['error: no such version', 'x.c:1: fatal error: sql.h']);
    expect(long.event).toBe('Installation failed. Could not install x.');
    expect(long.fields).toMatchObject({
      install_state: { lines: ['error: no such version', 'x.c:1: fatal error: sql.h'] },
    });
  });

  it('count at the end, when there is more than one plugin', () => {
    expect(renderInstallSummary([installed], 'install')).toEqual([]);
    expect(renderInstallSummary([installed, shared, failed], 'install')).toEqual([
      { level: 'warning', event: 'Installed 1/3 plugins' },
      { level: 'warning', event: 'Skipped installing 1/3 plugins' },
    ]);
    expect(renderInstallSummary([failed, failed], 'install')).toEqual([
      { level: 'error', event: 'Installed 0/2 plugins' },
    ]);
    expect(renderInstallSummary([shared, shared], 'auto')[0]?.level).toBe('debug');
    expect(renderInstallSummary([installed, shared], 'auto')[0]?.level).toBe('info');
  });
});

it('what an installation does not do is said where it was asked for', () => {
  const advice = (type: InstallablePlugin['type'], reason: 'install' | 'add' = 'install') =>
    renderInstallAdvice(
      { kind: 'ended', outcome: { status: 'installed', plugin: { ...plugin, type }, durationMs: 1 } },
      reason,
    )?.event;
  expect(advice('files')).toBe("The files of 'x' are brought up to date by `meltano upgrade files`");
  expect(advice('transforms')).toContain('meltano add --plugin-type=transform x');
  expect(advice('files', 'add')).toBeUndefined();
  expect(advice('utilities')).toBeUndefined();
  expect(renderInstallAdvice({ kind: 'ended', outcome: failed }, 'install')).toBeUndefined();
});
