/** Words in colour; with colour off, every function returns its text unchanged. Colour never says more than the word. */
export interface Style {
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const paint = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string) => text;

const coloured: Style = {
  green: paint(32, 39),
  yellow: paint(33, 39),
  red: paint(31, 39),
  cyan: paint(36, 39),
  bold: paint(1, 22),
  dim: paint(2, 22),
};

const uncoloured: Style = { green: plain, yellow: plain, red: plain, cyan: plain, bold: plain, dim: plain };

export function createStyle(colour: boolean): Style {
  return colour ? coloured : uncoloured;
}

/** Marks that fall back to ASCII where the locale is not UTF-8. */
export interface Glyphs {
  readonly done: string;
  readonly failed: string;
  readonly running: string;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly barFull: string;
  readonly barPart: string;
}

export function createGlyphs(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale)
    ? { done: '✓', failed: '✗', running: '▸', ellipsis: '…', arrow: '→', barFull: '█', barPart: '▌' }
    : { done: 'ok', failed: 'x', running: '>', ellipsis: '...', arrow: '->', barFull: '#', barPart: '=' };
}
