/** Sections in order, each with its options in order; of the section `DEFAULT` it is the same. */
export type IniSections = Map<string, Map<string, string>>;

interface Place {
  section: Map<string, string>;
  option: string | undefined;
  indent: number;
}

/**
 * An INI file as Python's `configparser` reads it: names of options in lower case, `=` or `:` between name and
 * value, comments on lines of their own, values that go on in lines which are indented deeper. Throws a
 * `SyntaxError` that names the line.
 */
export function parseIni(text: string): IniSections {
  const sections: IniSections = new Map();
  let place: Place | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (/^[#;]/.test(line)) continue;
    if (isContinued(place, raw)) goOn(place, line);
    else if (line !== '') place = takeLine(sections, place, raw, index + 1);
  }
  for (const section of sections.values()) {
    for (const [name, value] of section) section.set(name, value.trimEnd());
  }
  return sections;
}

/** Empty lines are part of a value, too, where more of it follows. */
function isContinued(place: Place | undefined, raw: string): place is Place & { option: string } {
  if (place?.option === undefined) return false;
  return raw.trim() === '' || indentOf(raw) > place.indent;
}

function goOn({ section, option }: Place & { option: string }, line: string): void {
  section.set(option, `${section.get(option) ?? ''}\n${line}`);
}

function takeLine(sections: IniSections, place: Place | undefined, raw: string, number: number): Place {
  const line = raw.trim();
  const header = /^\[(.+)\]/.exec(line)?.[1];
  if (header !== undefined) {
    if (sections.has(header) && header !== 'DEFAULT')
      throw new SyntaxError(`line ${number}: the section [${header}] stands there twice`);
    const section = sections.get(header) ?? new Map<string, string>();
    sections.set(header, section);
    return { section, option: undefined, indent: indentOf(raw) };
  }
  if (place === undefined) throw new SyntaxError(`line ${number} stands in no section`);
  const [, name, value] = /^(.*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
  if (!name || value === undefined) throw new SyntaxError(`line ${number} is no option with a value`);
  const option = name.toLowerCase();
  if (place.section.has(option)) throw new SyntaxError(`line ${number}: '${option}' stands there twice`);
  place.section.set(option, value);
  return { section: place.section, option, indent: indentOf(raw) };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The text that `configparser` writes: `DEFAULT` first, an empty line after each section. */
export function renderIni(sections: IniSections): string {
  const isDefault = ([name]: readonly [string, unknown]) => name === 'DEFAULT';
  const all = [...sections];
  return [...all.filter(isDefault), ...all.filter((each) => !isDefault(each))]
    .filter((each) => !isDefault(each) || each[1].size > 0)
    .map(([name, options]) => `[${name}]\n${[...options].map(renderOption).join('')}\n`)
    .join('');
}

function renderOption([name, value]: readonly [string, string]): string {
  return `${name} = ${value.replaceAll('\n', '\n\t')}\n`;
}
