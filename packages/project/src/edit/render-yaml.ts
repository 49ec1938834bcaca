import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from '@meltano/foundation/json';
import { resolvePlainScalar } from '../document/plain-scalar.ts';

/** How a project file is laid out, as far as new lines have to fit in. */
export interface YamlStyle {
  /** Columns by which a mapping inside a mapping is indented. */
  readonly indent: number;
  /** Columns by which the dash of a list stands right of the key that holds the list. */
  readonly dashOffset: number;
}

/** The value on one line: a scalar, or a collection in `{}` or `[]`. */
export function renderInline(value: JsonValue, flow: 'none' | 'yaml' | 'json' = 'none'): string {
  const inner = flow === 'none' ? 'yaml' : flow;
  if (isJsonArray(value)) return `[${value.map((item) => renderInline(item, inner)).join(', ')}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${renderKey(key, inner)}: ${renderInline(member, inner)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return renderScalar(value, flow);
}

export function renderKey(key: string, flow: 'none' | 'yaml' | 'json' = 'none'): string {
  return renderScalar(key, flow);
}

function renderScalar(value: JsonValue, flow: 'none' | 'yaml' | 'json'): string {
  if (typeof value !== 'string') return value instanceof ExactNumber ? value.text : String(value);
  if (flow !== 'json' && isPlain(value, flow !== 'none')) return value;
  if (flow === 'json' || !isSingleQuotable(value)) return doubleQuoted(value);
  return `'${value.replaceAll("'", "''")}'`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what needs escapes
const needsEscapes =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function isSingleQuotable(text: string): boolean {
  return !needsEscapes.test(text);
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Words, dates and times that readers of older YAML versions take for something else than text. */
const olderReadings =
  /^(?:yes|no|on|off|=|<<|\d{4}-\d{1,2}-\d{1,2}.*|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|[-+]?\.(?:inf|nan))$/i;
const indicatorFirst = /^(?:[,[\]{}#&*!|>'"%@`]|[-?:](?:\s|$)|---|\.\.\.)/;

function isPlain(text: string, inFlow: boolean): boolean {
  if (text === '' || text !== text.trim() || needsEscapes.test(text)) return false;
  if (indicatorFirst.test(text) || /:(?:\s|$)|\s#/.test(text)) return false;
  if (inFlow && /[,[\]{}]|^[-?:]|:[,[\]{}]/.test(text)) return false;
  return (
    !olderReadings.test(text) &&
    typeof resolvePlainScalar(text) === 'string' &&
    !/^[-+.]?\d[\d_.]*$/.test(text)
  );
}

/** Whether a value needs lines of its own below its key: a collection with something in it. */
export function isBlock(value: JsonValue): value is JsonArray | JsonObject {
  if (isJsonArray(value)) return value.length > 0;
  return isJsonObject(value) && Object.keys(value).length > 0;
}

/** `key: value` as lines, the first of them at `column`. */
export function renderPair(
  key: string,
  value: JsonValue,
  column: number,
  style: YamlStyle,
): readonly string[] {
  const head = `${' '.repeat(column)}${renderKey(key)}:`;
  return isBlock(value) ? [head, ...renderNested(value, column, style)] : [head + inlinePart(value)];
}

/** What follows a colon or a dash on its line. */
export function inlinePart(value: JsonValue): string {
  return value === null ? '' : ` ${renderInline(value)}`;
}

/** A collection as the lines below a key that stands at `column`. */
export function renderNested(
  value: JsonArray | JsonObject,
  column: number,
  style: YamlStyle,
): readonly string[] {
  if (isJsonArray(value)) return value.flatMap((item) => renderItem(item, column + style.dashOffset, style));
  return Object.entries(value).flatMap(([key, member]) =>
    renderPair(key, member, column + style.indent, style),
  );
}

/** A list item as lines, its dash at `column`. */
export function renderItem(value: JsonValue, column: number, style: YamlStyle): readonly string[] {
  const pad = ' '.repeat(column);
  if (!isBlock(value)) return [`${pad}-${inlinePart(value)}`];
  const lines = renderItemContent(value, column + 2, style);
  return lines.map((line, index) => (index === 0 ? `${pad}- ${line.trimStart()}` : line));
}

/** A collection as lines that begin at `column` themselves. */
export function renderItemContent(
  value: JsonArray | JsonObject,
  column: number,
  style: YamlStyle,
): readonly string[] {
  if (isJsonArray(value)) return value.flatMap((item) => renderItem(item, column, style));
  return Object.entries(value).flatMap(([key, member]) => renderPair(key, member, column, style));
}
