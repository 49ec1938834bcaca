import type { Readable } from 'node:stream';
import { stringifyJson } from '@meltano/foundation/json';
import type { ConnectorContext, LoadNotice, Target } from '../connector.ts';
import { openMappedTarget } from '../mapper/open-mapped.ts';
import { readUpTo } from './input-position.ts';
import { recordCountMetric } from './metric.ts';
import { openInput } from './open-input.ts';
import { readSinger } from './singer-input.ts';
import type { Output } from './singer-output.ts';

/** Loads lines of the Singer protocol and prints each state once everything before it is durable (Invariant 1). */
export async function runTarget(
  target: Target,
  input: Readable | string,
  context: ConnectorContext,
  output: Output,
): Promise<void> {
  const { log } = context;
  const open = await openMappedTarget(target, context);
  const position = { line: 0 };
  try {
    const lines = openInput(input);
    const report = await open.load(readSinger(lines, log, context.signal, position), {
      async acknowledge(state) {
        await output.write(`${stringifyJson(state)}\n`);
        await output.flush();
      },
      notice: (notice) => log.log(notice.kind === 'refused' ? 'warning' : 'info', noticeText(notice)),
    });
    for (const [stream, { loaded, refused }] of report.streams) {
      log.log('info', recordCountMetric(stream, loaded));
      if (refused > 0) log.log('warning', `Stream ${stream}: ${refused} records were refused`);
    }
  } catch (error) {
    throw readUpTo(error, position);
  } finally {
    await open.close();
  }
}

function noticeText(notice: LoadNotice): string {
  if (notice.kind === 'refused')
    return `Stream ${notice.stream}: ${notice.count} records refused: ${notice.reason}`;
  const column = notice.column === undefined ? '' : ` "${notice.column}" is ${notice.type ?? 'unknown'}`;
  return `Stream ${notice.stream}: ${notice.table}: ${notice.change.replace('-', ' ')}${column}`;
}
