import type { Readable } from 'node:stream';
import type { ConnectorContext, Mapper } from '../connector.ts';
import { mapAll } from '../mapper/map-all.ts';
import { countNotNumbers } from '../target/not-numbers.ts';
import { readUpTo } from './input-position.ts';
import { recordCountMetric } from './metric.ts';
import { openInput } from './open-input.ts';
import { readSinger } from './singer-input.ts';
import { type Output, renderItem } from './singer-output.ts';

/** Reads lines of the Singer protocol and prints what the mapper makes of them, in the same order. */
export async function runMapper(
  mapper: Mapper,
  input: Readable | string,
  context: ConnectorContext,
  output: Output,
): Promise<void> {
  const { log, signal } = context;
  const open = await mapper.open(context);
  const counts = new Map<string, number>();
  const notNumbers = countNotNumbers();
  const position = { line: 0 };
  try {
    const lines = openInput(input);
    for await (const mapped of mapAll(readSinger(lines, log, signal, position), open)) {
      notNumbers.count(mapped);
      await output.write(renderItem(mapped));
      if (mapped.kind === 'records')
        counts.set(mapped.stream, (counts.get(mapped.stream) ?? 0) + mapped.records.length);
      // What has arrived does not wait for what is to come.
      await output.flush();
    }
  } catch (error) {
    throw readUpTo(error, position);
  } finally {
    await open.close();
  }
  notNumbers.tell(log);
  for (const [stream, count] of counts) log.log('info', recordCountMetric(stream, count));
}
