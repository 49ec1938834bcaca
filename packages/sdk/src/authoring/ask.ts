import { createInterface } from 'node:readline/promises';
import { errorMessage } from '@meltano/foundation/errors';
import type { AuthoringWorld } from './authoring-world.ts';
import { authoringError } from './errors.ts';

export interface Question<T> {
  readonly question: string;
  /** What the command line says; then nothing is asked. */
  readonly given: string | undefined;
  readonly option: string;
  readonly initial?: string;
  /** Throws when the answer will not do; then it is asked again. */
  parse(text: string): T;
}

export interface Asker {
  ask<T>(question: Question<T>): Promise<T>;
  close(): void;
}

/** Asks at a terminal; elsewhere, or when nothing is to be asked, defaults are taken and what has none is missed. */
export function createAsker(world: AuthoringWorld, silent: boolean): Asker {
  const interactive = !silent && world.stdin.isTTY === true && world.stdout.isTTY === true;
  const lines = interactive ? createInterface({ input: world.stdin, output: world.stdout }) : undefined;
  return {
    async ask({ question, given, option, initial, parse }) {
      if (given !== undefined) return parse(given);
      if (lines === undefined) {
        if (initial !== undefined) return parse(initial);
        throw authoringError('usage', {
          message: `${question} is needed, and nobody is there to ask`,
          hint: `give it with ${option}`,
        });
      }
      for (;;) {
        const shown = initial === undefined ? question : `${question} [${initial}]`;
        const answer = await lines.question(`${shown}: `, { signal: world.signal });
        try {
          return parse(answer.trim() === '' ? (initial ?? '') : answer);
        } catch (error) {
          world.print(`  ${errorMessage(error)}`);
        }
      }
    },
    close: () => lines?.close(),
  };
}

/** A question with a list of answers. */
export function choose<const T extends string>(
  question: string,
  answers: readonly T[],
): Pick<Question<T>, 'question' | 'parse'> {
  return {
    question: `${question} (${answers.join(', ')})`,
    parse(text) {
      const found = answers.find((answer) => answer === text.trim().toLowerCase());
      if (found !== undefined) return found;
      throw authoringError('usage', {
        message: `"${text}" is none of ${answers.join(', ')}`,
        hint: 'give one of them',
      });
    },
  };
}
