import { cutEnd, cutMiddle, textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** What happens to cells where the table does not fit; a column without this keeps its width. */
  readonly squeeze?: 'middle' | 'end' | 'wrap';
}

export interface TableShape {
  /** Columns of the terminal; undefined where there is none: then nothing is cut. */
  readonly width: number | undefined;
  readonly ellipsis: string;
}

const gap = 2;
/** A squeezed column keeps this many columns, unless it needs less. */
const leastWidth = 12;

/**
 * Rows in aligned columns two blanks apart, titles first, no trailing blanks. Where the terminal is too narrow,
 * columns that may be squeezed are: the widest first.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  shape: TableShape = { width: undefined, ellipsis: '' },
): readonly string[] {
  const all = [columns.map((column) => column.title), ...rows];
  const natural = columns.map((_, index) => Math.max(...all.map((row) => textWidth(row[index] ?? ''))));
  const widths = squeeze(columns, natural, shape.width);
  return all.flatMap((row) => renderRow(columns, row, widths, shape.ellipsis));
}

function squeeze(
  columns: readonly Column[],
  natural: readonly number[],
  width: number | undefined,
): readonly number[] {
  const widths = [...natural];
  if (width === undefined) return widths;
  for (let over = sum(widths) + gap * (widths.length - 1) - width; over > 0; over -= 1) {
    const [widest] = columns
      .flatMap((column, index) => (column.squeeze === undefined ? [] : [index]))
      .filter((index) => (widths[index] ?? 0) > leastWidth)
      .sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** More than one line where a cell is wrapped. */
function renderRow(
  columns: readonly Column[],
  row: readonly string[],
  widths: readonly number[],
  ellipsis: string,
): readonly string[] {
  const cells = columns.map((column, index) =>
    fitCell(row[index] ?? '', widths[index] ?? 0, column.squeeze, ellipsis),
  );
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => pad(cells[index]?.[line] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function fitCell(text: string, width: number, how: Column['squeeze'], ellipsis: string): readonly string[] {
  if (how === undefined || textWidth(text) <= width) return [text];
  if (how === 'wrap') return wrapText(text, { width });
  return [how === 'middle' ? cutMiddle(text, width, ellipsis) : cutEnd(text, width, ellipsis)];
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const fill = ' '.repeat(Math.max(width - textWidth(text), 0));
  return align === 'left' ? text + fill : fill + text;
}
