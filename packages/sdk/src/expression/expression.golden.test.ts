import { readFileSync } from 'node:fs';
import { isAppError } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, parseJson } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { compileExpression, createFunctions } from './expression.ts';
import { SetValue } from './value/set.ts';
import { reprOf } from './value/text.ts';
import { kindOf, type Value } from './value/value.ts';

/** What the Meltano SDK for Python answers; see scripts/record_expressions.py. */
interface Answer {
  readonly expression: string;
  readonly type?: string;
  readonly repr?: string;
  readonly error?: string;
}

const folder = `${import.meta.dirname}/../../recorded`;
const { answers } = JSON.parse(readFileSync(`${folder}/expressions.json`, 'utf8')) as { answers: Answer[] };
const environmentText = readFileSync(`${folder}/environment.json`, 'utf8');

const functions = createFunctions({
  clock: { now: () => 0, sleep: () => Promise.resolve() },
  random: () => 0.5,
});

interface Names {
  readonly record: JsonObject;
  readonly config: JsonObject;
}

function member(object: JsonObject, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? (object[name] as Value) : undefined;
}

function lookUp(name: string): ((names: Names) => Value | undefined) | undefined {
  switch (name) {
    case '_':
    case 'record':
      return ({ record }) => record;
    case 'config':
      return ({ config }) => config;
    case 'self':
      return ({ record }) => member(record, 'name');
    case '__stream_name__':
      return () => 'people';
    case '__original_stream_name__':
      return () => 'persons';
    default:
      return ({ record }) => member(record, name);
  }
}

function names(): Names {
  const { record, config } = parseJson(environmentText) as JsonObject;
  if (!isJsonObject(record) || !isJsonObject(config)) throw new Error('environment.json');
  return { record, config };
}

function shown(value: Value): string {
  if (!(value instanceof SetValue) || value.items.size === 0) return reprOf(value);
  return `{${value.values().map(reprOf).sort().join(', ')}}`;
}

function ours(expression: string): Omit<Answer, 'expression'> {
  try {
    const compiled = compileExpression(expression, { functions, label: 'test', name: lookUp });
    const value = compiled.evaluate(names());
    return { type: kindOf(value), repr: shown(value) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { error: String(error.details['kind']) };
  }
}

/** Where this SDK answers otherwise on purpose; docs/reference/stream-maps.md names the reasons. */
const differences: Readonly<Record<string, Omit<Answer, 'expression'>>> = {
  // Not available: complex numbers, and what is of no use in a record.
  '1j': { error: 'FeatureNotAvailable' },
  '...': { error: 'FeatureNotAvailable' },
  // Spaces before an expression do no harm.
  '  1': { type: 'int', repr: '1' },
  // A Decimal zero has no sign.
  '-7 // price': { type: 'Decimal', repr: "Decimal('0')" },
  '-2 // price': { type: 'Decimal', repr: "Decimal('0')" },
  '-7 // amount': { type: 'Decimal', repr: "Decimal('0')" },
  '-2 // amount': { type: 'Decimal', repr: "Decimal('0')" },
  '-amount % price': { type: 'Decimal', repr: "Decimal('0.00')" },
  // The numbers of records can be written as JSON again.
  'json.dumps(address)': { type: 'str', repr: `'{"city": "London", "zip": 1234, "geo": {"lat": 51.5}}'` },
  // Other names of the same refusal.
  'price % 0': { error: 'ZeroDivisionError' },
  'md5(1)': { error: 'TypeError' },
  'md5(None)': { error: 'TypeError' },
  'datetime.sys': { error: 'AttributeDoesNotExist' },
  '[x async for x in y]': { error: 'FeatureNotAvailable' },
  'f(*[1])': { error: 'FeatureNotAvailable' },
  "md5(**{'string': 'a'})": { error: 'FeatureNotAvailable' },
  'x := 1': { error: 'FeatureNotAvailable' },
  'a := 1': { error: 'FeatureNotAvailable' },
  '1 = 2': { error: 'FeatureNotAvailable' },
  'a, = 1': { error: 'FeatureNotAvailable' },
};

/** Objects that have no text worth comparing, and statements, which are no expressions. */
function comparable({ type, repr, error }: Omit<Answer, 'expression'>): Omit<Answer, 'expression'> {
  if (type === 'builtin_function_or_method' || type === 'function') return { type: 'function' };
  if (type === 'ModuleWrapper' || type === 'module') return { type: 'module' };
  if (error !== undefined) return { error: error === 'NotAnExpression' ? 'SyntaxError' : error };
  return { ...(type === undefined ? {} : { type }), ...(repr === undefined ? {} : { repr }) };
}

describe('answers as Python does', () => {
  test.each(answers.map((answer) => [answer.expression, answer] as const))('%s', (expression, answer) => {
    expect(comparable(ours(expression))).toEqual(comparable(differences[expression] ?? answer));
  });
});
