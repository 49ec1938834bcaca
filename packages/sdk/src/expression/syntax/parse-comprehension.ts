import { fail } from '../failure.ts';
import type { ComprehensionClause, Target } from './node.ts';
import type { Parsing } from './parsing.ts';

/** `for x in xs if …`, once or several times. */
export function parseClauses(reader: Parsing): readonly ComprehensionClause[] {
  const clauses: ComprehensionClause[] = [];
  while (reader.is('for', 'async')) {
    if (reader.is('async'))
      fail('FeatureNotAvailable', 'async is not available in an expression', reader.peek());
    reader.expect('for');
    const targets = parseTargets(reader);
    reader.expect('in');
    const source = reader.or();
    const conditions = [];
    while (reader.takeIf('if') !== undefined) conditions.push(reader.or());
    clauses.push({ targets, source, conditions });
  }
  return clauses;
}

function parseTargets(reader: Parsing): Target {
  const first = parseTarget(reader);
  if (!reader.is(',')) return first;
  const targets = [first];
  while (reader.takeIf(',') !== undefined && !reader.is('in', ')', ']')) targets.push(parseTarget(reader));
  return targets;
}

function parseTarget(reader: Parsing): Target {
  const open = reader.takeIf('(', '[');
  if (open === undefined) return reader.takeName().text;
  const inner = reader.nested(() => parseTargets(reader));
  reader.expect(open.text === '(' ? ')' : ']');
  return inner;
}
