import { type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import type { RecordItem } from '@meltano/sdk/connector';
import type { Catalog } from '@meltano/singer/catalog';
import { prepareCatalog } from '../catalog/prepare-catalog.ts';
import { atMost } from '../invoke/at-most.ts';
import { type Child, startChild } from '../invoke/child.ts';
import { type Invocation, openInvocation } from '../invoke/open-invocation.ts';
import { writeFileAtomically } from '../invoke/run-files.ts';
import { openWatchdog, type Watchdog } from '../invoke/watchdog.ts';
import { describeProcessResult, type ProcessResult } from '../process-result.ts';
import { maxMessageBytes } from '../run/line-size.ts';
import { decodeItems } from '../run/link/decode.ts';
import { lastTellingLine } from '../telling-lines.ts';
import { previewError } from './errors.ts';
import type { PreviewOptions, PreviewSource } from './preview-source.ts';

/** An extractor that is a program: started for each reading, asked to stop when enough has come, then killed. */
export async function openProcessPreview(options: PreviewOptions): Promise<PreviewSource> {
  const { workspace, extractor, log, redactor, launchNative, logLevel } = options;
  const watchdog = openWatchdog();
  const invocation = await openInvocation(workspace, extractor, {
    watchdog,
    ...(launchNative === undefined ? {} : { launchNative }),
    ...(logLevel === undefined ? {} : { logLevel }),
  });
  redactor.add(...invocation.prepared.secrets);
  const close = async () => {
    invocation.close();
    await watchdog.close();
  };
  try {
    const { root } = workspace;
    const prepared = await prepareCatalog(invocation, { root, log, redact: redactor.apply, watchdog });
    const takesCatalog = ['catalog', 'properties'].some((name) => extractor.capabilities.includes(name));
    return {
      catalog: takesCatalog ? prepared : undefined,
      read: (catalog) => readOnce(invocation, catalog, watchdog, options),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* readOnce(
  invocation: Invocation,
  catalog: Catalog | undefined,
  watchdog: Watchdog,
  options: PreviewOptions,
): AsyncGenerator<RecordItem> {
  if (catalog !== undefined && invocation.files !== undefined)
    writeFileAtomically(
      invocation.files.catalog,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a catalog is JSON
      stringifyPythonJson(catalog as unknown as JsonValue, { indent: 2 }),
    );
  let isListening = true;
  const child = await start(invocation, watchdog, options, () => isListening);
  if (child.stdout === null) throw new TypeError('The output of the extractor must be a pipe');
  let isRead = false;
  try {
    const maxLineBytes = maxMessageBytes(options.workspace);
    yield* decodeItems(child.stdout, { maxLineBytes, onUnfinished: () => {} });
    isRead = true;
  } finally {
    if (!isRead) {
      isListening = false;
      await endEarly(child, options.graceMs);
    }
  }
  const result = await endAtOnce(child, options.graceMs);
  if (result.exitCode !== 0) throw failed(options.extractor.name, result);
}

function start(
  invocation: Invocation,
  watchdog: Watchdog,
  { log, redactor, extractor }: PreviewOptions,
  isListening: () => boolean,
): Promise<Child> {
  // Files that earlier runs left beside the plugin may hold a state: it is not for this.
  const { command, args, cwd } = invocation.commandLine({ state: false });
  return startChild({
    command,
    args,
    ...(cwd === undefined ? {} : { cwd }),
    env: invocation.env,
    stdin: 'ignore',
    stdout: 'pipe',
    watchdog,
    redact: redactor.apply,
    onErrorLine: (line) => {
      // What it says of an output that was closed on purpose is no fault of it.
      if (!isListening()) return;
      log.log('info', redactor.apply(line), {
        cmd_type: 'extractor',
        stdio: 'stderr',
        name: extractor.name,
      });
    },
  });
}

async function endEarly(child: Child, graceMs: number): Promise<void> {
  child.signal('SIGTERM');
  // Nobody reads on: one that is writing must not wait for it.
  child.stdout?.destroy();
  await endAtOnce(child, graceMs);
}

/** Its output is over or unwanted: it has only to end. */
async function endAtOnce(child: Child, graceMs: number): Promise<ProcessResult> {
  await atMost(child.exited, graceMs);
  if (!child.hasExited()) child.kill();
  const result = await child.ended;
  child.killLeftovers();
  return result;
}

function failed(name: string, result: ProcessResult) {
  const last = lastTellingLine(result.lastLines);
  return previewError('extractor_failed', {
    message: `${describeProcessResult(name, result)}${last === undefined ? '' : `: ${last}`}`,
    hint: `meltano config test ${name}`,
    details: { plugin: name, exitCode: result.exitCode, signal: result.signal },
  });
}
