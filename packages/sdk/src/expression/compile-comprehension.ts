import type { Compiling, Frame, Run } from './compiling.ts';
import { fail } from './failure.ts';
import { maxComprehensionLength } from './limits.ts';
import type { ComprehensionClause, ComprehensionNode, Target } from './syntax/node.ts';
import { isTrue } from './value/compare.ts';
import { Dict } from './value/dict.ts';
import { iterate } from './value/sequence.ts';
import type { Value } from './value/value.ts';

/** `[… for … in …]`, `{… for … in …}`; what stands in parentheses makes a list, too, as in `simpleeval`. */
export function compileComprehension(node: ComprehensionNode, compiling: Compiling): Run {
  const names = [...new Set(node.clauses.flatMap(({ targets }) => namesOf(targets)))];
  return compiling.withVariables(names, (slots) => {
    const slotOf = new Map(names.map((name, at) => [name, slots[at] ?? 0]));
    const element = compiling.compile(node.element);
    const value = node.value && compiling.compile(node.value);
    const clauses = node.clauses.map((clause) => compileClause(clause, slotOf, compiling));
    return (frame) => {
      for (const slot of slots) frame.locals[slot] = undefined;
      const list: Value[] = [];
      const dict = new Dict();
      const add = value ? () => dict.set(element(frame), value(frame)) : () => void list.push(element(frame));
      goThrough(clauses, 0, frame, add);
      for (const slot of slots) frame.locals[slot] = undefined;
      return value ? dict : list;
    };
  });
}

function namesOf(target: Target): readonly string[] {
  return typeof target === 'string' ? [target] : target.flatMap(namesOf);
}

interface Clause {
  readonly source: Run;
  readonly conditions: readonly Run[];
  assign(frame: Frame, value: Value): void;
}

function compileClause(
  { targets, source, conditions }: ComprehensionClause,
  slots: ReadonlyMap<string, number>,
  compiling: Compiling,
): Clause {
  return {
    source: compiling.compile(source),
    conditions: conditions.map((condition) => compiling.compile(condition)),
    assign: assignment(targets, slots),
  };
}

/** Unpacks as far as there are both names and values. */
function assignment(target: Target, slots: ReadonlyMap<string, number>): Clause['assign'] {
  if (typeof target === 'string') {
    const slot = slots.get(target) ?? 0;
    return (frame, value) => {
      frame.locals[slot] = value;
    };
  }
  const parts = target.map((each) => assignment(each, slots));
  return (frame, value) => {
    const values = iterate(value);
    parts.forEach((assign, at) => {
      const each = values[at];
      if (each !== undefined) assign(frame, each);
    });
  };
}

function goThrough(clauses: readonly Clause[], at: number, frame: Frame, add: () => void): void {
  const clause = clauses[at];
  if (clause === undefined) return add();
  for (const item of iterate(clause.source(frame))) {
    frame.steps += 1;
    if (frame.steps > maxComprehensionLength)
      fail('IterableTooLong', `the comprehension goes through more than ${maxComprehensionLength} items`);
    clause.assign(frame, item);
    if (clause.conditions.every((condition) => isTrue(condition(frame))))
      goThrough(clauses, at + 1, frame, add);
  }
}
