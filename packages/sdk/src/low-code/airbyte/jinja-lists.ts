import type { JinjaArguments } from './jinja-arguments.ts';
import { Untranslatable } from './jinja-tokens.ts';

type Filter = (value: string, args: JinjaArguments) => string;

/** Applies a filter, or a test, that is named by a text. */
export interface ByName {
  filtered(value: string, name: string, args: JinjaArguments): string;
  tested(value: string, name: string): string;
}

/** The filters that go through a list, as comprehensions; what is null counts as an empty one. */
export function listFilters({ filtered, tested }: ByName): Readonly<Record<string, Filter>> {
  const each = (value: string, made: string, test?: string) =>
    `[${made} for each in (${value} or [])${test === undefined ? '' : ` if ${test}`}]`;
  const chosen =
    (isWanted: boolean): Filter =>
    (value, { positional: [attribute, ...rest] }) => {
      const test = testOf(member('each', literal(attribute)), rest, tested);
      return each(value, 'each', isWanted ? test : `not (${test})`);
    };
  return {
    selectattr: chosen(true),
    rejectattr: chosen(false),
    select: (value, { positional }) => each(value, 'each', testOf('each', positional, tested)),
    reject: (value, { positional }) => each(value, 'each', `not (${testOf('each', positional, tested)})`),
    map(value, { positional: [name, ...positional], named }) {
      const attribute = named.get('attribute');
      if (attribute === undefined)
        return each(value, filtered('each', literal(name), { positional, named: new Map() }));
      const found = member('each', literal(attribute));
      const otherwise = named.get('default');
      return each(value, otherwise === undefined ? found : `default(${found}, ${otherwise})`);
    },
  };
}

const comparators: Readonly<Record<string, string>> = {
  equalto: '==',
  eq: '==',
  '==': '==',
  ne: '!=',
  '!=': '!=',
  gt: '>',
  greaterthan: '>',
  '>': '>',
  ge: '>=',
  '>=': '>=',
  lt: '<',
  lessthan: '<',
  '<': '<',
  le: '<=',
  '<=': '<=',
  in: 'in',
};

function testOf(value: string, [name, operand]: readonly string[], tested: ByName['tested']): string {
  if (name === undefined) return value;
  const comparator = comparators[literal(name)];
  if (comparator === undefined) return tested(value, literal(name));
  if (operand === undefined) throw new Untranslatable(`the test ${name} needs a value`);
  return `${value} ${comparator} ${operand}`;
}

function member(value: string, path: string): string {
  return (
    value +
    path
      .split('.')
      .map((name) => `[${JSON.stringify(name)}]`)
      .join('')
  );
}

function literal(text: string | undefined): string {
  const inner = /^(?:"[^"\\]*"|'[^'\\]*')$/.test(text ?? '') ? text?.slice(1, -1) : undefined;
  if (inner !== undefined) return inner;
  throw new Untranslatable('the name of an attribute, a filter or a test must be a text');
}
