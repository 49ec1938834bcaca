import { textWidth } from './text-width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Rows in aligned columns two blanks apart, titles first, no trailing blanks. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => textWidth(row[index] ?? ''))));
  return all.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const fill = ' '.repeat(Math.max(width - textWidth(text), 0));
  return align === 'left' ? text + fill : fill + text;
}
