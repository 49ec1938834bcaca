/** A member of an interface, or of a constant that is an object. */
export interface DeclaredMember {
  readonly signature: string;
  readonly comment: string;
}

/** What a source file exports under a name. */
export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'constant' | 'interface' | 'type';
  /** Without the body. */
  readonly signature: string;
  readonly comment: string;
  readonly members: readonly DeclaredMember[];
}

const kinds = { function: 'function', const: 'constant', interface: 'interface', type: 'type' } as const;

/** Finds an exported declaration in a source that the formatter has laid out; undefined when there is none. */
export function readDeclaration(source: string, name: string): Declaration | undefined {
  const lines = source.split('\n');
  const at = lines.findIndex((line) => headOf(line)?.name === name);
  const word = headOf(lines[at] ?? '')?.word;
  if (word === undefined) return undefined;
  const text = statementAt(lines, at);
  const hasMembers = word === 'interface' || (word === 'const' && / = \{$/m.test(text));
  return {
    name,
    kind: kinds[word],
    signature: signatureOf(word, text),
    comment: commentAbove(lines, at),
    members: hasMembers ? membersOf(text, word === 'interface' ? ';' : ',') : [],
  };
}

function headOf(
  line: string,
): { readonly word: keyof typeof kinds; readonly name: string | undefined } | undefined {
  const [, word, name] = /^export (?:async )?(function|const|interface|type) (\w+)/.exec(line) ?? [];
  return word === undefined ? undefined : { word: word as keyof typeof kinds, name };
}

/** From a line to the one at which all brackets are closed and the statement ends. */
function statementAt(lines: readonly string[], at: number): string {
  const taken: string[] = [];
  for (const line of lines.slice(at)) {
    taken.push(line);
    if (/^(?:\}.*|.*;)$/.test(line) && depthOf(taken.join('\n')) === 0) break;
  }
  return taken.join('\n');
}

/** Brackets that are open at the end of a text; those in comments do not count. */
function depthOf(text: string): number {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, '');
  return (code.match(/[{([]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
}

function signatureOf(word: keyof typeof kinds, text: string): string {
  const plain = text.replace(/^export /, '');
  if (word === 'type') return withoutComments(plain);
  if (word === 'interface') return oneLine((plain.split(/ \{$/m)[0] ?? plain).trim());
  if (word === 'const') return oneLine((plain.split(/ =(?: |\n)/)[0] ?? plain).trim());
  // The body begins at the first line that ends with a brace while all brackets before it are closed.
  const lines = plain.split('\n');
  const end = lines.findIndex(
    (line, at) => line.endsWith(' {') && depthOf(lines.slice(0, at + 1).join('\n')) === 1,
  );
  return withoutComments(
    lines
      .slice(0, end + 1)
      .join('\n')
      .replace(/ \{$/, ''),
  );
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replace(/;$/, '')
    .trim();
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');

/** The doc comment that ends on the line above, as one text. */
function commentAbove(lines: readonly string[], at: number): string {
  if (lines[at - 1]?.endsWith('*/') !== true) return '';
  const taken: string[] = [];
  for (let above = at - 1; above >= 0; above -= 1) {
    taken.unshift(lines[above] ?? '');
    if (/^\s*\/\*\*/.test(lines[above] ?? '')) break;
  }
  return taken
    .map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/, '').replace(/\s*\*\/$/, ''))
    .join('\n')
    .trim();
}

function membersOf(text: string, end: ';' | ','): readonly DeclaredMember[] {
  const lines = text.split('\n');
  const members: DeclaredMember[] = [];
  // A head may take several lines.
  const head = lines.findIndex((line) => line.endsWith('{'));
  for (let at = head + 1; at < lines.length; at += 1) {
    if (!/^ {2}[\w'"[<(]/.test(lines[at] ?? '')) continue;
    const first = at;
    const taken = () => lines.slice(first, at + 1).join('\n');
    while (at < lines.length - 1 && !(lines[at]?.endsWith(end) === true && depthOf(taken()) === 0)) at += 1;
    members.push({ signature: memberSignature(taken(), end), comment: commentAbove(lines, first) });
  }
  return members;
}

/** A type as it is; of a function in an object what it takes. */
function memberSignature(text: string, end: ';' | ','): string {
  const short = oneLine(withoutComments(text).replace(/^readonly /, '')).replace(/[;,]$/, '');
  if (end === ';') return short;
  const [, name = '', value = ''] = /^(\w+): ([\s\S]*)$/.exec(short) ?? [];
  const head = value.includes(' => ') ? value.slice(0, value.indexOf(' => ')) : '';
  return head.startsWith('(') || head.startsWith('<') ? `${name}${head}` : name;
}
