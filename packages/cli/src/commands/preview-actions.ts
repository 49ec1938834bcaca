import { previewExtractor, type StreamPreview } from '@meltano/engine/preview/preview-extractor';
import { systemClock } from '@meltano/engine/system/system-clock';
import { type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Host } from '../host.ts';
import { renderPreview } from '../render/preview.ts';
import type { Session } from '../session.ts';
import { autoInstall } from './auto-install.ts';
import type { InstallChoice } from './options.ts';

interface PreviewOptions extends InstallChoice {
  readonly records: number;
  readonly format: string;
  readonly databaseUri?: string;
}

/** `meltano preview`. Each stream is shown as soon as it is read. */
export async function previewRecords(
  host: Host,
  name: string,
  stream: string | undefined,
  options: PreviewOptions,
): Promise<void> {
  const session = await host.open({ command: 'preview', environment: 'default', ...options });
  const extractor = await session.workspace.findPlugin(name, 'extractors');
  if (!(await autoInstall(session, [extractor], options))) return;
  const { engine, workspace, log, redactor } = session;
  const previews = previewExtractor({
    ...engine.dependencies(),
    workspace,
    extractor,
    stream,
    records: options.records,
    log,
    redactor,
    clock: systemClock,
    graceMs: graceOf(session),
  });
  if (options.format === 'json') return printJson(session, previews);
  let isFirst = true;
  for await (const preview of previews) {
    if (!isFirst) session.print('');
    isFirst = false;
    const { outStyle: style, glyphs, outWidth: width } = session;
    for (const line of renderPreview(preview, { style, glyphs, width })) session.print(line);
  }
}

/** Somebody waits at a terminal: less than a run gives a plugin, unless the project says so. */
function graceOf({ workspace }: Session): number {
  const seconds = workspace.projectSetting('run.grace_seconds').value;
  return typeof seconds === 'number' ? seconds * 1000 : 5_000;
}

async function printJson(session: Session, previews: AsyncIterable<StreamPreview>): Promise<void> {
  const streams: JsonValue[] = [];
  for await (const { stream, schema, records, complete } of previews)
    streams.push({ stream, complete, schema: schema ?? null, records });
  session.print(stringifyJson({ streams }, 2));
}
