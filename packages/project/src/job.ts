import type { ErrorPlace } from '@meltano/foundation/errors';
import { isJsonArray, type JsonValue } from '@meltano/foundation/json';
import { type Element, invalidElement } from './element.ts';

/** A named list of steps. A task is one command line of `run`: one string, or several in a list. */
export interface Job {
  readonly name: string;
  readonly tasks: readonly (string | readonly string[])[];
  readonly place: ErrorPlace;
}

/** The blocks of all tasks in order, as `run` takes them. */
export function jobBlocks(job: Job): readonly string[] {
  return job.tasks.flatMap(taskBlocks);
}

/** The blocks of one task: its words, or the words of its parts. */
export function taskBlocks(task: string | readonly string[]): readonly string[] {
  const parts = typeof task === 'string' ? [task] : task;
  return parts.flatMap((part) => part.split(' ')).filter((block) => block !== '');
}

export function parseJob(element: Element): Job {
  const tasks = parseTasks(element.value['tasks']);
  if (tasks === undefined) {
    throw invalidElement(
      `Job '${element.name}' has invalid tasks`,
      element.place,
      'Tasks are a list of command lines, e.g. `- tap-a target-b dbt:run`, or of lists of them',
    );
  }
  return { name: element.name, tasks, place: element.place };
}

/** Undefined when the value is not what tasks may be. One plain string is one task. */
export function parseTasks(value: JsonValue | undefined): Job['tasks'] | undefined {
  if (typeof value === 'string') return [value];
  if (!isJsonArray(value)) return undefined;
  const tasks: (string | readonly string[])[] = [];
  for (const task of value) {
    if (typeof task === 'string') tasks.push(task);
    else if (isJsonArray(task) && task.every((part) => typeof part === 'string'))
      tasks.push(task as string[]);
    else return undefined;
  }
  return tasks;
}
