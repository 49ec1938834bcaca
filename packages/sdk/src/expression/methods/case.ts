/** Whether a character has an upper and a lower case. */
function isCased(char: string): boolean {
  return char.toLowerCase() !== char.toUpperCase() || /\p{Lt}/u.test(char);
}

export function titleCase(text: string): string {
  let result = '';
  let inWord = false;
  for (const char of text) {
    result += inWord ? char.toLowerCase() : firstUpper(char);
    inWord = isCased(char);
  }
  return result;
}

/** Letters of two, of which only the first is capital. */
const digraphs: ReadonlyMap<string, string> = new Map(
  ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'].flatMap((group) => {
    const [upper = '', title = '', lower = ''] = group;
    return [upper, title, lower].map((char) => [char, title] as const);
  }),
);

function firstUpper(char: string): string {
  const digraph = digraphs.get(char);
  if (digraph !== undefined) return digraph;
  const [first = '', ...rest] = char.toUpperCase();
  return first + rest.join('').toLowerCase();
}

export function capitalized(text: string): string {
  const [first = '', ...rest] = text;
  return firstUpper(first) + rest.join('').toLowerCase();
}

export function swappedCase(text: string): string {
  return Array.from(text, (char) => {
    if (/\p{Lt}/u.test(char)) return char;
    return isUpper(char) ? char.toLowerCase() : char.toUpperCase();
  }).join('');
}

function isUpper(char: string): boolean {
  return char !== char.toLowerCase();
}

function isLower(char: string): boolean {
  return !isUpper(char) && isCased(char);
}

/** At least one character has a case, and none has the other. */
export function allUpper(text: string): boolean {
  const chars = Array.from(text).filter(isCased);
  return chars.length > 0 && chars.every(isUpper);
}

export function allLower(text: string): boolean {
  const chars = Array.from(text).filter(isCased);
  return chars.length > 0 && chars.every(isLower);
}

/** Upper case begins words and lower case goes on with them. */
export function isTitle(text: string): boolean {
  let found = false;
  let inWord = false;
  for (const char of text) {
    const has = isCased(char);
    if (has && isUpper(char) === inWord) return false;
    found ||= has;
    inWord = has;
  }
  return found;
}

/** For comparing without case. */
export function caseFolded(text: string): string {
  return text.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ');
}
