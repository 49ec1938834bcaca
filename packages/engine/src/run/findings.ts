import type { LoadNotice } from '@meltano/sdk/connector';
import type { ProcessResult } from '../process-result.ts';
import type { BlockRun } from './block-run.ts';
import type { Chain } from './chain.ts';
import { runError } from './errors.ts';
import { maxMessageBytes } from './line-size.ts';
import type { LinkNote } from './link/progress-board.ts';
import { chainProgress } from './progress-reporter.ts';
import type { StreamOutcome } from './run-outcome.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { ChainEnd } from './supervise.ts';

/** What is known of a block while it runs; the outcome is made of it whatever happened. */
export interface Findings {
  streams: readonly StreamOutcome[];
  readonly processes: Record<string, ProcessResult>;
  readonly schemaChanges: string[];
  /** Refused records by stream. */
  readonly refused: Map<string, number>;
  /** Ended the block from within: state that cannot be stored, a line too long. */
  fatal: unknown;
  /** A native connector did not stop although it was killed. */
  isGivenUp: boolean;
}

/** A link has something to say in words; a message beyond the limit ends the block. */
export function onLinkNote(note: LinkNote, block: ExtractLoadBlock, run: BlockRun, findings: Findings): void {
  if (note.kind === 'broken-line') {
    const text = `A line of ${note.bytes} bytes on the extractor's standard output is not a Singer message; it was passed on as it is`;
    run.emitter.log(block.index).log('warning', text);
  }
  if (note.kind !== 'too-long') return;
  const limit = maxMessageBytes(run.deps.workspace);
  const of = note.stream === undefined ? '' : ` of stream '${note.stream}'`;
  findings.fatal ??= runError('line_too_long', {
    message: `Output line length limit exceeded: a ${note.type} message${of} has more than ${limit} bytes (setting elt.buffer_size)`,
    hint: 'raise the limit with: meltano config set meltano elt.buffer_size <bytes>',
    details: { type: note.type, stream: note.stream, limit },
  });
  run.stop.stop('failed');
}

/** A native target has something to say that belongs into the report. */
export function onNotice(
  notice: LoadNotice,
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
): void {
  run.emitter.emit({ block: block.index, ...notice });
  if (notice.kind === 'refused') {
    findings.refused.set(notice.stream, (findings.refused.get(notice.stream) ?? 0) + notice.count);
    return;
  }
  const column = notice.column === undefined ? '' : `.${notice.column}`;
  const type = notice.type === undefined ? '' : ` ${notice.type}`;
  findings.schemaChanges.push(`${notice.change} ${notice.table}${column}${type}`);
}

/** Keeps how each process ended, and says it. */
export function reportProcesses(
  chain: Chain,
  end: ChainEnd,
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
): void {
  for (const [index, { plugin }] of chain.stages.entries()) {
    const result = end.ends[index]?.process;

    if (result === undefined) continue;
    findings.processes[freeName(plugin, findings.processes)] = result;
    run.emitter.emit({ kind: 'process-ended', block: block.index, plugin, result });
  }
}

/** A mapper may stand twice in a block. */
function freeName(plugin: string, taken: Readonly<Record<string, unknown>>): string {
  let name = plugin;
  for (let count = 2; Object.hasOwn(taken, name); count += 1) name = `${plugin} (${count})`;
  return name;
}

/** What became of each stream, as far as it is known now. */
export function streamOutcomes(chain: Chain, findings: Findings): readonly StreamOutcome[] {
  const report = chain.loadReport();
  return chainProgress(chain).map((progress) => ({
    ...progress,
    refused: report?.streams.get(progress.stream)?.refused ?? findings.refused.get(progress.stream) ?? 0,
  }));
}
