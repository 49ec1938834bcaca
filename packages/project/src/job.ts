import type { ErrorPlace } from '@meltano/foundation/errors';

/** A named list of steps. A task is one command line of `run`: one string, or several in a list. */
export interface Job {
  readonly name: string;
  readonly tasks: readonly (string | readonly string[])[];
  readonly place: ErrorPlace;
}

/** The blocks of all tasks in order, as `run` takes them. */
export function jobBlocks(job: Job): readonly string[] {
  return job.tasks
    .flat()
    .flatMap((task) => task.split(' '))
    .filter((block) => block !== '');
}
