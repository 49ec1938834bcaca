import type { ErrorPlace } from '@meltano/foundation/errors';
import { type Element, envTexts, invalidElement, objectOrEmpty, optionalText } from './element.ts';

export type Schedule = JobSchedule | EltSchedule;

interface ScheduleHead {
  readonly name: string;
  /** As written: an alias (`@daily`) or a five-field cron expression. */
  readonly interval: string;
  readonly env: Readonly<Record<string, string | null>>;
  readonly place: ErrorPlace;
}

export interface JobSchedule extends ScheduleHead {
  readonly kind: 'job';
  readonly job: string;
}

export const transformModes = ['skip', 'only', 'run'] as const;
export type TransformMode = (typeof transformModes)[number];

/** Meltano's older form: one pair, with the schedule's name as state id. */
export interface EltSchedule extends ScheduleHead {
  readonly kind: 'elt';
  readonly extractor: string;
  readonly loader: string;
  readonly transform: TransformMode;
}

/** Reads an item of `schedules:`. A `job` decides its kind; `transform` is `skip` when it is not there. */
export function parseSchedule(element: Element): Schedule {
  const head = {
    name: element.name,
    interval: required(element, 'interval'),
    env: envTexts(objectOrEmpty(element, 'env', 'schedule')),
    place: element.place,
  };
  const job = optionalText(element.value['job']);
  if (job !== undefined) return { kind: 'job', ...head, job };
  return {
    kind: 'elt',
    ...head,
    extractor: required(element, 'extractor'),
    loader: required(element, 'loader'),
    transform: parseTransform(element),
  };
}

function required(element: Element, key: string): string {
  const text = optionalText(element.value[key]);
  if (text !== undefined) return text;
  throw invalidElement(
    `Schedule '${element.name}' has no \`${key}\``,
    element.place,
    'A schedule has a name, an interval and either a job, or an extractor and a loader',
  );
}

function parseTransform(element: Element): TransformMode {
  const text = optionalText(element.value['transform']) ?? 'skip';
  const mode = transformModes.find((each) => each === text);
  if (mode !== undefined) return mode;
  throw invalidElement(
    `Schedule '${element.name}': '${text}' is not a way to transform`,
    element.place,
    `\`transform\` is one of ${transformModes.join(', ')}`,
  );
}
