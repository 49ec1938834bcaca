import { isInterfaceEvent } from './interface-events.ts';
import type { LogLine } from './scenario.ts';

/** Keys of log lines that scripts read, beside level and event. */
const facts = [
  'name',
  'stdio',
  'cmd_type',
  'string_id',
  'producer',
  'consumer',
  'job_name',
  'state_id',
  'type',
  'set_number',
  'block_type',
  'comprised_of',
  'success',
  'err',
  'exit_codes',
  'status',
  'timeout_seconds',
  'code',
];

/**
 * The lines of standard error that scripts know: lines of plugins, interface events, and that there was an
 * error at all (its sentence is each program's own unless it is an interface event).
 */
export function readLog(stderr: string): readonly LogLine[] {
  const lines = stderr.split('\n').flatMap((line) => parseLine(line));
  return [...lines].sort((a, b) => sourceOf(a).localeCompare(sourceOf(b)));
}

/** Lines of different processes race; those of one do not. */
function sourceOf(line: LogLine): string {
  return typeof line['name'] === 'string' ? line['name'] : '';
}

/** Meltano writes the first lines in the format for people, whatever is asked for. */
function parseLine(line: string): readonly LogLine[] {
  if (line.startsWith('{')) return parseJsonLine(line);
  if (/^error: /i.test(line)) return known('error', line.slice('error: '.length), {});
  const early = /^\S+ \[(error|critical) *\] meltano +(.*)$/.exec(line);
  if (early) return known(early[1] ?? '', early[2] ?? '', {});
  if (/^( {4}\S|Did you mean|Aborted!)/.test(line)) return known('', line, {});
  return [];
}

function parseJsonLine(line: string): readonly LogLine[] {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [];
  }
  const { level, event } = parsed;
  const present = facts.filter((fact) => parsed[fact] !== undefined);
  if (typeof parsed['err'] === 'string') parsed['err'] = firstSentence(parsed['err']);
  return known(
    String(level),
    String(event),
    // An error code of this program is told apart from an exit code by its type.
    Object.fromEntries(
      present
        .map((fact) => [fact, parsed[fact]])
        .filter(([fact, value]) => fact !== 'code' || typeof value === 'number'),
    ),
  );
}

/** The first line; a full stop at its end is a matter of taste. */
function firstSentence(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}

function known(level: string, event: string, more: Readonly<Record<string, unknown>>): readonly LogLine[] {
  const text = firstSentence(event);
  const ofPlugin = more['name'] !== undefined || more['stdio'] !== undefined;
  if (ofPlugin || isInterfaceEvent(text)) return [{ level, event: text, ...more }];
  return level === 'error' || level === 'critical' ? [{ level, event: '(a sentence)' }] : [];
}
