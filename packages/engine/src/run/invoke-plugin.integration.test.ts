import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@meltano/foundation/log';
import { createRedactor } from '@meltano/foundation/redact';
import { expect, test } from 'vitest';
import type { TestPlugin } from '../../test/support/plugins.ts';
import { createTestWorkspace, fixture } from '../../test/support/test-workspace.ts';
import { type InvokePluginOptions, invokePlugin } from './invoke-plugin.ts';

/** Invokes the only plugin of a workspace with its output in a file. */
async function invoke(
  plugin: TestPlugin,
  options: Partial<InvokePluginOptions> = {},
  prepare: (root: string) => void = () => {},
) {
  const test = createTestWorkspace([plugin]);
  const path = join(test.root, 'stdout');
  const stdout = openSync(path, 'w');
  const lines: string[] = [];
  const log: Log = {
    log: (level, event, fields) => lines.push(`${level}: ${event} ${JSON.stringify(fields ?? {})}`),
  };
  try {
    prepare(test.root);
    const code = await invokePlugin(test.workspace, test.plugin(plugin.name), {
      log,
      redactor: createRedactor(),
      stdout,
      ...options,
    });
    return { code, output: readFileSync(path, 'utf8'), log: lines.join('\n') };
  } finally {
    closeSync(stdout);
    test.remove();
  }
}

const util: TestPlugin = {
  name: 'util',
  type: 'utilities',
  executable: fixture('command-prints'),
  env: { CODE: '7', WORD: 'w' },
  commands: {
    show: { args: 'a "b c" $WORD' },
    other: { args: 'x', executable: fixture('target-reads-nothing') },
  },
};

test('output is passed on, the exit code is the program’s', async () => {
  const { code, output } = await invoke(util, { args: ['--x', 'y'] });
  expect(code).toBe(7);
  expect(output.startsWith('--x y\n')).toBe(true);
});

test('a named command, and one with a program of its own', async () => {
  expect(
    (await invoke(util, { command: 'show', args: ['--more'] })).output.startsWith('a b c w --more\n'),
  ).toBe(true);
  expect((await invoke(util, { command: 'other' })).code).toBe(0);
  await expect(invoke(util, { command: 'none' })).rejects.toThrow(/^Command 'none' could not be found/);
});

test('standard error becomes log lines without secrets', async () => {
  const tap: TestPlugin = {
    name: 'tap',
    type: 'extractors',
    executable: fixture('tap-dies-after-3'),
    secrets: ['gone away'],
  };
  const { code, log } = await invoke(tap);
  expect(code).toBe(1);
  expect(log).toContain('info: CRITICAL the source has (redacted) {"cmd_type":"command","stdio":"stderr"}');
});

test('the end by a signal wraps around', async () => {
  const tap: TestPlugin = { name: 'tap', type: 'extractors', executable: fixture('tap-kills-itself') };
  expect((await invoke(tap)).code).toBe(241);
});

const discovers: TestPlugin = {
  name: 'tap',
  type: 'extractors',
  pipUrl: 'tap',
  capabilities: ['discover', 'catalog', 'state'],
  config: { log: '/dev/stderr' },
};

function install(root: string): void {
  const bin = join(root, '.meltano/extractors/tap/venv/bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'tap'), `#!/bin/sh\nexec ${process.execPath} ${fixture('tap-discovers')} "$@"\n`, {
    mode: 0o755,
  });
}

test('a tap without arguments discovers first; with arguments it does not', async () => {
  const plain = await invoke(discovers, {}, install);
  expect(plain.code).toBe(0);
  expect(plain.log).toContain('info: Running catalog discovery');
  expect(plain.log).toContain('--catalog');
  const given = await invoke(discovers, { args: ['--about'] }, install);
  expect(given.log).not.toContain('Running catalog discovery');
  expect(given.log).toContain('--about');
});

test('discovery by hand sees no older catalog, other calls do', async () => {
  const prepare = (root: string) => {
    install(root);
    mkdirSync(join(root, '.meltano/run/tap'), { recursive: true });
    writeFileSync(join(root, '.meltano/run/tap/tap.properties.json'), '{"streams": []}');
  };
  expect((await invoke(discovers, { args: ['--discover'] }, prepare)).log).not.toContain('--catalog');
  expect((await invoke(discovers, { args: ['--test'] }, prepare)).log).toContain('--catalog');
});

test('the environment: virtual environment first, logging files, nothing of another environment', async () => {
  let env: Readonly<Record<string, string>> = {};
  await invoke(
    { ...discovers, env: { PYTHONPATH: '/x', VIRTUAL_ENV: '/y', LOGGING_CONF_FILE: 'mine' } },
    { onEnvironment: (seen) => (env = seen), args: ['--about'] },
    install,
  );
  expect(env['VIRTUAL_ENV']).toMatch(/\.meltano\/extractors\/tap\/venv$/);
  expect(env['PATH']?.startsWith(`${env['VIRTUAL_ENV']}/bin:`)).toBe(true);
  expect(env).toMatchObject({
    LOGGING_CONF_FILE: 'mine',
    SINGER_SDK_LOG_CONFIG: expect.stringContaining('singer_sdk_logging.json'),
  });
  expect(env).not.toHaveProperty('PYTHONPATH');
});

test('a native connector is started as a program, or told to be missing', async () => {
  const native: TestPlugin = { name: 'tap-own', type: 'extractors', npmPackage: '@test/own' };
  const launchNative = (_package: string, name: string) => ({
    command: process.execPath,
    args: ['-e', `console.log('${name}')`, '--'],
  });
  expect((await invoke(native, { launchNative, args: ['--version'] })).output).toBe('tap-own\n');
  await expect(invoke(native, { args: ['--version'] })).rejects.toThrow(
    /The program 'tap-own' of the package @test\/own of 'tap-own' was not found/,
  );
});
