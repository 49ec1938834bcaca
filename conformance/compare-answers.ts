import { isDeepStrictEqual } from 'node:util';
import { compareLines } from './compare-lines.ts';
import type { Answer, Step } from './scenario.ts';

/** One thing in which the answers differ without a decision that says so. */
export interface Finding {
  readonly facet: string;
  readonly expected: unknown;
  readonly ours: unknown;
}

/**
 * Meltano's answer, changed by the decisions that the step names, against ours. A decision that changes
 * nothing is a finding, too: the difference it describes is gone.
 */
export function compareAnswers(step: Step, theirs: Answer, ours: Answer): readonly Finding[] {
  const findings: Finding[] = [];
  let expected = facets(theirs);
  for (const { id, ours: change } of step.differs ?? []) {
    const next = facets(typeof change === 'function' ? change(expected) : { ...expected, ...change });
    if (isDeepStrictEqual(next, expected))
      findings.push({ facet: `difference ${id}`, expected: 'to occur', ours: 'does not' });
    expected = next;
  }
  for (const facet of ['code', 'stdout', 'log', 'files', 'tables'] as const) {
    if (!isSame(facet, expected[facet], plain(ours[facet]))) {
      findings.push({ facet, expected: expected[facet], ours: ours[facet] });
    }
  }
  const lost = ours.lostComments ?? [];
  // Invariant 7: Editing a project file keeps its comments.
  if (lost.length > 0) findings.push({ facet: 'comments', expected: lost, ours: [] });
  return findings;
}

function isSame(facet: string, expected: unknown, ours: unknown): boolean {
  if (isDeepStrictEqual(expected, ours)) return true;
  const [left, right] = [jsonOutput(facet, expected), jsonOutput(facet, ours)];
  return left !== undefined && isDeepStrictEqual(left, right);
}

/** Output that is JSON, by value: numbers may keep more of their digits, keys have no order; its layout counts. */
function jsonOutput(facet: string, lines: unknown): unknown {
  if (facet !== 'stdout' || !Array.isArray(lines)) return undefined;
  try {
    return { lines: lines.length, value: JSON.parse(lines.join('\n')) };
  } catch {
    return undefined;
  }
}

/** Only what is compared, as it comes back from a recording. */
function facets({ code, stdout, log, files, tables }: Answer): Answer {
  return plain({ code, stdout, log, files, tables });
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

export function renderFinding({ facet, expected, ours }: Finding): string {
  return [`${facet}:`, ...compareLines(lines(expected), lines(ours)).map((line) => `  ${line}`)].join('\n');
}

function lines(value: unknown): readonly string[] {
  if (Array.isArray(value))
    return value.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  return (JSON.stringify(value, null, 1) ?? 'undefined').split('\n');
}
