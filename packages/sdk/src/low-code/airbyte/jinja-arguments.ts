/** Arguments of a call, translated: those without a name, and those with one. */
export interface JinjaArguments {
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

/** As they are written in a call of the own format, after what is given before them. */
export function joined({ positional, named }: JinjaArguments, ...before: readonly string[]): string {
  return [...before, ...positional, ...[...named].map(([name, value]) => `${name}=${value}`)].join(', ');
}
