import { createInterface } from 'node:readline';
import type { Clock } from '@meltano/foundation/clock';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { prepareCatalog } from './catalog/prepare-catalog.ts';
import { startChild } from './invoke/child.ts';
import { type Invocation, openInvocation } from './invoke/open-invocation.ts';
import { openWatchdog } from './invoke/watchdog.ts';
import { openNativePreview } from './preview/preview-native.ts';
import { describeProcessResult } from './process-result.ts';
import { isNative } from './run/native.ts';
import type { RunDependencies } from './run/run-dependencies.ts';
import { lastTellingLine } from './telling-lines.ts';
import type { Workspace } from './workspace/workspace.ts';

export interface PluginTest extends Pick<RunDependencies, 'launchNative' | 'loadConnector'> {
  readonly workspace: Workspace;
  readonly plugin: ResolvedPlugin;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly clock: Clock;
}

export type PluginTestResult =
  | { readonly valid: true }
  | { readonly valid: false; readonly detail: string; readonly hint?: string };

/**
 * Tries whether the settings of an extractor or loader work: a tap must send one record, a target must take
 * one into the stream `meltano_test_stream`. Source: meltano-cli §12.8.
 */
export async function testPlugin(test: PluginTest): Promise<PluginTestResult> {
  const { workspace, plugin, launchNative } = test;
  if (plugin.type === 'extractors' && isNative(plugin)) return testNativeTap(test);
  const invocation = await openInvocation(
    workspace,
    plugin,
    launchNative === undefined ? {} : { launchNative },
  );
  test.redactor.add(...invocation.prepared.secrets);
  try {
    return plugin.type === 'extractors'
      ? await testTap(invocation, test)
      : await testTarget(invocation, test);
  } finally {
    invocation.close();
  }
}

/** A connector inside this program says itself what is wrong and what to do. */
async function testNativeTap(test: PluginTest): Promise<PluginTestResult> {
  try {
    const source = await openNativePreview({ ...test, extractor: test.plugin });
    try {
      for await (const item of source.read(undefined)) {
        if (item.kind === 'records' && item.records.length > 0) return { valid: true };
      }
    } finally {
      await source.close();
    }
    return invalid(noRecord(test.plugin.name));
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ...invalid(error.message), ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}

async function testTap(invocation: Invocation, test: PluginTest): Promise<PluginTestResult> {
  const { workspace, plugin, log, redactor } = test;
  await prepareCatalog(invocation, { root: workspace.root, refresh: false, log, redact: redactor.apply });
  const watchdog = openWatchdog();
  try {
    const { command, args } = invocation.commandLine();
    const child = await startChild({
      command,
      args,
      env: invocation.env,
      stdin: 'ignore',
      stdout: 'pipe',
      watchdog,
      onErrorLine: () => {},
      redact: redactor.apply,
    });
    if (child.stdout === null) throw new TypeError('The output of the tap must be a pipe');
    for await (const line of createInterface({ input: child.stdout })) {
      if (!isData(line)) continue;
      child.signal('SIGTERM');
      const timer = setTimeout(child.kill, 5_000);
      await child.exited;
      clearTimeout(timer);
      child.killLeftovers();
      return { valid: true };
    }
    const result = await child.ended;
    child.killLeftovers();
    if (result.exitCode !== 0)
      return invalid(lastTellingLine(result.lastLines) ?? describeProcessResult(plugin.name, result));
    return invalid(noRecord(plugin.name));
  } finally {
    await watchdog.close();
  }
}

function noRecord(name: string): string {
  return `No RECORD or BATCH message received. Verify that at least one stream is selected using 'meltano select ${name} --list'.`;
}

function isData(line: string): boolean {
  try {
    const { type } = JSON.parse(line) as { type?: unknown };
    return type === 'RECORD' || type === 'BATCH';
  } catch {
    return false;
  }
}

const testStream = 'meltano_test_stream';

async function testTarget(
  invocation: Invocation,
  { plugin, log, redactor }: PluginTest,
): Promise<PluginTestResult> {
  log.log('warning', `Test data is about to be written to the stream '${testStream}' of '${plugin.name}'`);
  const watchdog = openWatchdog();
  let complaint: string | undefined;
  const listen = (line: string) => {
    if (complaint === undefined && /error|exception/i.test(line)) complaint = line;
  };
  try {
    const { command, args } = invocation.commandLine();
    const child = await startChild({
      command,
      args,
      env: invocation.env,
      stdin: 'pipe',
      stdout: 'pipe',
      watchdog,
      onErrorLine: listen,
      redact: redactor.apply,
    });
    child.stdin?.end(testMessages(plugin.capabilities.includes('activate-version')));
    if (child.stdout !== null)
      for await (const line of createInterface({ input: child.stdout })) listen(line);
    const result = await child.ended;
    child.killLeftovers();
    if (result.exitCode !== 0) return invalid(complaint ?? describeProcessResult(plugin.name, result));
    if (complaint !== undefined) return invalid(complaint);
    log.log('info', `The stream '${testStream}' can be removed now`);
    return { valid: true };
  } catch (error) {
    return invalid(errorMessage(error));
  } finally {
    await watchdog.close();
  }
}

function testMessages(activateVersion: boolean): string {
  const version = Math.floor(Date.now() / 1000);
  const messages = [
    {
      type: 'SCHEMA',
      stream: testStream,
      schema: { type: 'object', properties: { id: { type: 'string' } } },
      key_properties: ['id'],
    },
    ...(activateVersion ? [{ type: 'ACTIVATE_VERSION', stream: testStream, version }] : []),
    { type: 'RECORD', stream: testStream, record: { id: 'test' }, ...(activateVersion ? { version } : {}) },
    { type: 'STATE', value: {} },
  ];
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}

function invalid(detail: string): PluginTestResult {
  return { valid: false, detail };
}
