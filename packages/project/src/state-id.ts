import { projectError } from './errors.ts';

/**
 * The state id of an extract-load block of `run`: `<environment>:<tap>-to-<target>[:<suffix>]`. Throws
 * `project.environment_required` without an environment, `project.invalid_state_id` when a part has a colon.
 */
export function stateIdFor(parts: {
  readonly environment: string | undefined;
  readonly extractor: string;
  readonly loader: string;
  /** Already expanded; empty counts as none. */
  readonly suffix?: string | undefined;
}): string {
  if (parts.environment === undefined) {
    throw projectError('environment_required', {
      message: 'A state id needs an active environment',
      hint: 'Pass `--environment`, or set `default_environment` in meltano.yml',
    });
  }
  const id = [parts.environment, `${parts.extractor}-to-${parts.loader}`];
  if (parts.suffix !== undefined && parts.suffix !== '') id.push(parts.suffix);
  const wrong = id.find((part) => part.includes(':'));
  if (wrong !== undefined) {
    throw projectError('invalid_state_id', {
      message: `'${wrong}' cannot be part of a state id because it contains a colon`,
      hint: 'A colon separates the parts of a state id; choose a name or suffix without one',
    });
  }
  return id.join(':');
}
