import type { StreamPreview } from '@meltano/engine/preview/preview-extractor';
import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Glyphs, Style } from './style.ts';
import { renderTable } from './table.ts';
import { cutEnd, textWidth } from './text-width.ts';

export interface PreviewShape {
  readonly style: Style;
  readonly glyphs: Glyphs;
  /** Of the terminal; undefined where there is none: then nothing is cut. */
  readonly width: number | undefined;
}

/** One stream: its name, how much of it is shown, and its records as a table. */
export function renderPreview(preview: StreamPreview, shape: PreviewShape): readonly string[] {
  const { style } = shape;
  const { stream, records, complete } = preview;
  const count = `${complete ? '' : 'first '}${records.length} record${records.length === 1 ? '' : 's'}`;
  const head = `${style.bold(stream)}  ${style.dim(complete ? `${count}, all that there are` : count)}`;
  if (records.length === 0) return [`${style.bold(stream)}  ${style.dim('no records')}`];
  return [head, ...tableOf(preview, shape)];
}

function tableOf(
  { schema, records }: StreamPreview,
  { width, glyphs, style }: PreviewShape,
): readonly string[] {
  const names = columnNames(schema, records);
  const cells = records.map((record) => names.map((name) => cellText(record[name])));
  if (width === undefined) return renderTable(titles(names), cells);
  const shown = fittingColumns(names, cells, width);
  const cut = (text: string) => cutEnd(text, maxCell, glyphs.ellipsis);
  const table = renderTable(
    titles(names.slice(0, shown).map(cut)),
    cells.map((row) => row.slice(0, shown).map(cut)),
  ).map((line) => cutEnd(line, width, glyphs.ellipsis));
  const hidden = names.slice(shown);
  if (hidden.length === 0) return table;
  const more = `${glyphs.ellipsis} ${hidden.length} more column${hidden.length === 1 ? '' : 's'}: ${hidden.join(', ')}`;
  return [...table, style.dim(cutEnd(more, width, glyphs.ellipsis))];
}

/** Wider values are cut at a terminal. */
const maxCell = 32;

function titles(names: readonly string[]) {
  return names.map((title) => ({ title }));
}

/** Those of the schema in its order, as far as records have them, then what records have beside. */
function columnNames(schema: JsonObject | undefined, records: readonly JsonObject[]): readonly string[] {
  const found = new Set(records.flatMap((record) => Object.keys(record)));
  const properties = schema?.['properties'];
  const declared = isJsonObject(properties) ? Object.keys(properties).filter((name) => found.has(name)) : [];
  return [...new Set([...declared, ...found])];
}

/** How many columns fit, the first in any case. */
function fittingColumns(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  width: number,
): number {
  let used = 0;
  let count = 0;
  for (const [index, name] of names.entries()) {
    const widest = Math.max(textWidth(name), ...cells.map((row) => textWidth(row[index] ?? '')));
    used += Math.min(widest, maxCell) + (index === 0 ? 0 : 2);
    if (used > width && index > 0) break;
    count += 1;
  }
  return count;
}

/** A missing value is empty, null says so; what would break the line is written as in JSON. */
function cellText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return stringifyJson(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not obey what a source has sent
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => JSON.stringify(char).slice(1, -1));
}
