/**
 * A scenario is a small project and the commands that are called in it, one after another. It runs the same
 * under this program and under Meltano; what each command answers is compared.
 */
export interface Scenario {
  /** Unique in its area, in words: `sets a value that a variable overrules`. */
  readonly name: string;
  /**
   * Path in the project → content. A content that begins with `#!` is an executable. Without `meltano.yml` the
   * commands run outside of any project.
   */
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Folders inside `.meltano` whose files are compared as well. */
  readonly also?: readonly string[];
}

export interface Step {
  readonly args: readonly string[];
  /** On top of a clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input, which is empty otherwise. */
  readonly input?: string;
  /** Files written (or, with null, deleted) before the command starts. */
  readonly write?: Readonly<Record<string, string | null>>;
  /** Folder in the project where the program is started. */
  readonly cwd?: string;
  /** Only lines of standard output that match are compared, where the others are prose. */
  readonly only?: RegExp;
  /** What differs from Meltano, and why that is so. */
  readonly differs?: readonly Difference[];
}

/** A decision of `docs/reference/differences.md`, and what it turns Meltano's answer into. */
export interface Difference {
  readonly id: string;
  readonly ours: Partial<Answer> | ((theirs: Answer) => Answer);
}

/** What can be observed of one command, with ids, times and places replaced. */
export interface Answer {
  readonly code: number | string;
  readonly stdout: readonly string[];
  readonly log: readonly LogLine[];
  /** Files that the command changed: project files as data, all others as text, null for a deleted one. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Tables of the system database that the command changed. */
  readonly tables: Readonly<Record<string, unknown>>;
  /** Comments of project files that the command removed; only this program promises that there are none. */
  readonly lostComments?: readonly string[];
}

/** A line on standard error that scripts know. Lines of one plugin stay in order, those of several do not. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [fact: string]: unknown;
}

export type Recorded = Readonly<Record<string, readonly (Answer & { readonly command: string })[]>>;

/** The scenarios of one area; its recording has the same name. */
export interface Area {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

/** One command: words of `line` are arguments; what stands in single quotes belongs to one word. */
export function step(line: string, more: Omit<Step, 'args'> = {}): Step {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  return { args: words.map((word) => word.replaceAll("'", '')), ...more };
}

export function scenario(
  name: string,
  files: Readonly<Record<string, string>>,
  steps: readonly (Step | string)[],
  more: Pick<Scenario, 'also'> = {},
): Scenario {
  return { name, files, steps: steps.map((each) => (typeof each === 'string' ? step(each) : each)), ...more };
}
