import type { ErrorPlace } from '@meltano/foundation/errors';

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

/** Meltano's older form: one pair, with the schedule's name as state id. */
export interface EltSchedule extends ScheduleHead {
  readonly kind: 'elt';
  readonly extractor: string;
  readonly loader: string;
  readonly transform: 'skip' | 'only' | 'run';
}
