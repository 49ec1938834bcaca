import type { Log } from '@meltano/foundation/log';
import { inside } from './conform.ts';
import type { PlannedStream } from './plan-stream.ts';
import type { StreamReading } from './stream-reading.ts';

/** Says at the end of a stream which properties came that the schema, or the catalog's, does not have. */
export function tellUnknown({ plan, unknown }: StreamReading, log: Log): void {
  const parts = new Map<string, string[]>();
  for (const [property, count] of unknown) {
    const names = property.split(inside);
    const name = names.pop() ?? '';
    if (names.length > 0) {
      const above = names.join('.');
      parts.set(above, [...(parts.get(above) ?? []), name]);
      continue;
    }
    log.log('warning', `"${property}" is not in the schema of the stream and was left out`, {
      property,
      count,
    });
  }
  for (const [above, names] of parts) log.log('info', insideText(above, names), { property: above });
  for (const property of plan.selected ? plan.uncataloged : []) {
    const message = `"${property}" is not in the schema that the catalog has of the stream and was left out; discover again to read it`;
    log.log('warning', message, { property });
  }
}

/** Says before a stream is read that it is not read as the catalog wants it. */
export function tellRefusedMethod({ name, method, refusedMethod, selected }: PlannedStream, log: Log): void {
  if (refusedMethod === undefined || !selected) return;
  const message = `The catalog wants stream ${name} to be read as ${refusedMethod}, which it cannot be: it is read as ${method}`;
  log.log('warning', message, { stream: name });
}

/**
 * Says at the end of an INCREMENTAL stream that its bookmark does not move as it should. Some records without a value are
 * common, rows that were never changed for example; a stream in which none has one begins anew in every run.
 */
export function tellUnplaced({ plan, unplaced }: StreamReading, log: Log): void {
  const { seen, missing, unreadable, ahead, foreign } = unplaced;
  const key = plan.replicationKey ?? '';
  if (ahead > 0) {
    const message = `The bookmark of stream ${plan.name} lies in the future: records before it are left out until then; correct it with \`meltano state edit\``;
    log.log('warning', message, { property: key, count: ahead });
  }
  if (foreign > 0) {
    const message = `The state of stream ${plan.name} holds no bookmark of "${key}", the replication key, but something else, as other taps write it, or this one with another replication key: it counts for nothing, the stream was read from its beginning`;
    log.log('warning', message, { property: key, count: foreign });
  }
  if (unreadable > 0) {
    const message = `${unreadable} of ${seen} records hold something in "${key}", the replication key, that is no time as RFC 3339 has it: they do not move the bookmark, and come in every run; let the tap write such times anew, or choose another replication key`;
    log.log('warning', message, { property: key, count: unreadable });
  }
  if (seen > 0 && missing === seen) {
    const message = `None of ${seen} records has a value in "${key}", the replication key, so that the next run begins anew`;
    log.log('warning', message, { property: key, count: missing });
  }
}

/** Of objects inside of a record most schemas name a part only, and mean to. */
function insideText(above: string, names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `Inside of "${above}" the schema of the stream does not have ${shown}${more}: left out`;
}
