const shown = 8;

/**
 * The lines of an installer's output that say why it failed, at most eight: from its last error mark on; of
 * a long block, such as a package that does not compile, its beginning, what the compiler said, and its end.
 * A program without marks is taken at its last three lines.
 */
export function tellingLines(output: string): readonly string[] {
  const lines = plainLines(output);
  const last = lines.findLastIndex((line) => /^(error\b|×|fatal:)/i.test(line));
  if (last < 0) return lines.slice(-3);
  const block = lines.slice(last);
  if (block.length <= shown) return block;
  const middle = block.slice(2, -3).filter((line) => /\bfatal error:|\berror: command\b/.test(line));
  return [...block.slice(0, 2), ...middle.slice(-3), ...block.slice(-3)];
}

/** The same in one sentence without a full stop: the headline, and the first cause where one is given. */
export function tellingSentence(output: string): string | undefined {
  const [headline, ...rest] = tellingLines(output).map((line) =>
    line.replace(/^(error|fatal)?:\s*|^×\s*/i, ''),
  );
  if (headline === undefined) return undefined;
  const cause = rest.find((line) => /^(cause:|╰─▶|└─▶)/.test(line))?.replace(/^(cause:|╰─▶|└─▶)\s*/, '');
  const sentence = cause === undefined ? headline : `${headline.replace(/[:.]$/, '')}: ${cause}`;
  return sentence.replace(/\.$/, '');
}

/**
 * The one among a plugin's last lines that says why it ended: the last that is no addition to another one, such
 * as the link to an explanation, a statement and its parameters, a frame of a trace, or a line of counts. Undefined without lines.
 */
export function lastTellingLine(lines: readonly string[]): string | undefined {
  return tellingLine(spokenLines(lines));
}

/** The last lines to show of a program that failed, at most eight: from the one that tells why, or the last five. */
export function tellingEnd(lines: readonly string[]): readonly string[] {
  const spoken = spokenLines(lines);
  const telling = spoken.lastIndexOf(tellingLine(spoken) ?? '');
  const from = Math.max(0, Math.min(telling, spoken.length - 5));
  return spoken.slice(from, from + shown);
}

/**
 * Without colours and times of day, and without lines that say nothing: empty ones, and what Meltano's extension
 * kit adds when the program that it wraps has failed.
 */
function spokenLines(lines: readonly string[]): readonly string[] {
  const plain = lines.map((line) => withoutColour(line).replace(/^\d\d:\d\d:\d\d {0,2}/, ''));
  const spoken = plain.filter((line) => line.trim() !== '' && !/^error invoking .*\breturncode=/.test(line));
  return spoken.length > 0 ? spoken : plain;
}

function tellingLine(lines: readonly string[]): string | undefined {
  const statement = lines.findLastIndex((line) => line.startsWith('[SQL: '));
  // SQLAlchemy writes the statement over several lines, below what the database said.
  const above = statement > 0 && isOfStatement(lines.slice(statement)) ? lines.slice(0, statement) : lines;
  return above.findLast((line) => !addition.test(line)) ?? lines.at(-1);
}

/** `Try: ` is the advice that connectors of this SDK write below what is wrong. */
const addition =
  /^(.* \| ERROR +\| \S+ \| )?Try: |^\(Background on this error at: |^\[(SQL|parameters): |^\s+File "|^\s*[\^~][\^~ ]*$|^Traceback \(most recent|^\s|^\S+( [A-Z-]+=\d+)+$/;

function isOfStatement(lines: readonly string[]): boolean {
  return /^\(Background on this error at: |^\[parameters: |\]$/.test(lines.at(-1) ?? '');
}

function plainLines(output: string): readonly string[] {
  return withoutColour(output)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(\[?notice\]?|WARNING:|hint:)/i.test(line));
}

function withoutColour(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}
