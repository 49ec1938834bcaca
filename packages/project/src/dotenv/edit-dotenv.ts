import { dotenvBindings } from './parse-dotenv.ts';

/** `NAME='value'`, as Meltano writes it. */
export function dotenvStatement(name: string, value: string): string {
  return `${name}='${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * Sets a variable in the text of a `.env` file and touches nothing else: the last statement that sets it is
 * replaced, or a line is added at the end. The value stands in single quotes.
 */
export function setDotenvVariable(text: string, name: string, value: string): string {
  const statement = dotenvStatement(name, value);
  const binding = dotenvBindings(text).findLast((each) => each.name === name);
  if (binding === undefined) return text + missingLineEnd(text) + statement + lineEnd(text);
  const written = text.slice(binding.start, binding.end);
  const lead = /^\s*(?:export[^\S\r\n]+)?/.exec(written)?.[0] ?? '';
  const tail = /(?:\r\n|\n|\r)?$/.exec(written)?.[0] ?? '';
  return text.slice(0, binding.start) + lead + statement + tail + text.slice(binding.end);
}

/** Removes every statement that names the variable, and nothing else. */
export function unsetDotenvVariable(text: string, name: string): string {
  return dotenvBindings(text)
    .filter((binding) => binding.name === name)
    .reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function missingLineEnd(text: string): string {
  return text === '' || /[\r\n]$/.test(text) ? '' : lineEnd(text);
}
