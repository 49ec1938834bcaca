type Variables = Readonly<Record<string, string>>;

/**
 * Reads a `.env` file as python-dotenv reads it: `export` prefixes, comments, quotes (also over several lines),
 * escapes in double quotes. `${NAME}` and `${NAME:-default}` are replaced in all values; entries before it in
 * the file win over `processEnv`. A line without `=` sets nothing, a line that cannot be read is skipped.
 */
export function parseDotenv(text: string, processEnv: Variables): Variables {
  const values = new Map<string, string>();
  for (const { name, value } of dotenvBindings(text)) {
    if (name === undefined || value === undefined) continue;
    values.set(
      name,
      interpolate(value, (variable) => values.get(variable) ?? processEnv[variable]),
    );
  }
  return Object.fromEntries(values);
}

/** One statement of the file with the part of the text that it takes, line end included. */
export interface DotenvBinding {
  readonly name: string | undefined;
  /** Undefined without `=`, or when the statement cannot be read. */
  readonly value: string | undefined;
  readonly start: number;
  readonly end: number;
  /** Neither a statement nor a comment: it is skipped. */
  readonly isUnreadable: boolean;
}

/** The lines, counted from 1, where something stands that is neither `NAME=value` nor a comment. */
export function unreadableLines(text: string): readonly number[] {
  return dotenvBindings(text)
    .filter(({ isUnreadable, start, end }) => isUnreadable && text.slice(start, end).trim() !== '')
    .map(({ start }) => {
      const blanks = /^\s*/.exec(text.slice(start))?.[0].length ?? 0;
      return text.slice(0, start + blanks).split(/\r\n|\n|\r/).length;
    });
}

const key = String.raw`\s*(?:export[^\S\r\n]+)?('[^']+'|[^=#\s'][^=#\s]*)[^\S\r\n]*`;
const quoted = String.raw`'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"`;
const lineEnd = String.raw`(?:\r\n|\n|\r|$)`;
const statement = new RegExp(
  String.raw`${key}(?:=[^\S\r\n]*(?:${quoted}|((?![^\S\r\n]*['"])(?:(?!(?<=\s)#)[^\r\n])*)))?[^\S\r\n]*(?:#[^\r\n]*)?${lineEnd}`,
  'y',
);
const blankOrComment = new RegExp(String.raw`\s*$|\s*#[^\r\n]*${lineEnd}`, 'y');
/** What cannot be read is skipped to the end of its line, or of the line where its quoted value ends. */
const unreadable = new RegExp(String.raw`(?:${key}=[^\S\r\n]*(?:${quoted}))?[^\r\n]*${lineEnd}`, 'y');

export function dotenvBindings(text: string): readonly DotenvBinding[] {
  const bindings: DotenvBinding[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const start = at;
    const match = execAt(blankOrComment, text, at) ?? execAt(statement, text, at);
    const end = at + (match ?? execAt(unreadable, text, at) ?? [''])[0].length;
    const name = match?.[1]?.replace(/^'(.*)'$/, '$1');
    bindings.push({
      name,
      value: match === undefined || name === undefined ? undefined : valueOf(match),
      start,
      end,
      isUnreadable: match === undefined,
    });
    at = Math.max(end, start + 1);
  }
  return bindings;
}

function execAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function valueOf([, , single, double, bare]: RegExpExecArray): string | undefined {
  if (single !== undefined) return single.replace(/\\([\\'])/g, '$1');
  if (double !== undefined)
    return double.replace(/\\([^])/g, (all, char: string) => doubleEscapes[char] ?? all);
  return bare?.trimEnd();
}

const doubleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function interpolate(value: string, lookUp: (name: string) => string | undefined): string {
  return value.replace(
    /\$\{([^}:]*)(?::-([^}]*))?\}/g,
    (_all, name: string, fallback: string | undefined) => {
      return lookUp(name) ?? fallback ?? '';
    },
  );
}
