import type { JsonValue } from '@meltano/foundation/json';
import { isJsonArray, isJsonObject } from '@meltano/foundation/json';
import { at, note, type Place } from './problem.ts';

export interface TemplateNames {
  /** How times are written in requests, for `stream_interval`. */
  readonly timeFormat?: string;
}

/** Jinja as a template of the own format, at any depth; what has no exact counterpart is noted. */
export function convertTemplates(value: JsonValue, place: Place, names: TemplateNames = {}): JsonValue {
  if (typeof value === 'string') return convertText(value, place, names);
  if (isJsonArray(value)) return value.map((each, index) => convertTemplates(each, at(place, index), names));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, convertTemplates(each, at(place, name), names)]),
  );
}

function convertText(text: string, place: Place, names: TemplateNames): string {
  if (/\{[%#]/.test(text)) {
    note(place, 'Interpolation', 'statements ({% … %}) are not evaluated');
    return text;
  }
  return text.replaceAll(/\{\{([\s\S]*?)\}\}/g, (_, inner: string) => {
    const made = convertExpression(inner.trim(), names);
    const unknown = unknownName(made);
    if (unknown !== undefined)
      note(place, 'Interpolation', `"${unknown}" is not available in {{ ${inner.trim()} }}`);
    return `{{ ${made} }}`;
  });
}

const quoted = String.raw`(?:\.(\w+)|\[\s*["']([\w.-]+)["']\s*\]|\.get\(\s*["']([\w.-]+)["']\s*\))`;
const slice = new RegExp(String.raw`\b(?:stream_interval|stream_slice|stream_partition)${quoted}`, 'g');

/** An expression of Jinja in the names of the own format. */
function convertExpression(text: string, { timeFormat }: TemplateNames): string {
  return text
    .replaceAll(slice, (_, a?: string, b?: string, c?: string) => {
      const name = a ?? b ?? c ?? '';
      const bound = { start_time: 'start', end_time: 'end' }[name];
      if (bound === undefined) return `partition[${JSON.stringify(name)}]`;
      return timeFormat === undefined ? bound : `format_time(${bound}, ${JSON.stringify(timeFormat)})`;
    })
    .replaceAll(/\bresponse\b(?!\s*\()/g, 'body')
    .replaceAll(/\blast_page_size\b/g, 'page_size')
    .replaceAll(/\bnow_utc\(\)/g, 'now()')
    .replaceAll(/\bformat_datetime\(/g, 'format_time(')
    .replaceAll(
      /\bday_delta\(\s*-\s*(\d+)\s*,\s*(?:format\s*=\s*)?("[^"]*"|'[^']*')\s*\)/g,
      'format_time(days_ago($1), $2)',
    );
}

const known: ReadonlySet<string> = new Set(
  `config body headers last_record page_size record partition start end now days_ago format_time
   and or not in is if else None True False int str float bool`.split(/\s+/),
);

/** The first name or sign that has no meaning here, or another one than in Jinja. */
function unknownName(expression: string): string | undefined {
  const plain = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  const [sign] = /[|~]/.exec(plain) ?? [];
  if (sign !== undefined) return sign;
  if (/\bif\b/.test(plain) && !/\belse\b/.test(plain)) return 'if without else';
  for (const [, name = ''] of plain.matchAll(/(?<![\w.])([A-Za-z_]\w*)/g)) if (!known.has(name)) return name;
  return undefined;
}
