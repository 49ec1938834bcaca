import type { Environment } from '@meltano/project/environment';
import { projectError } from '@meltano/project/errors';
import type { Project } from '@meltano/project/project';

/**
 * How a command treats environments. `default`: the one asked for, else the project's default one; `explicit`:
 * only one that was asked for; `required`: like `default`, but there must be one; `never`: none.
 */
export type EnvironmentRule = 'default' | 'explicit' | 'required' | 'never';

export interface EnvironmentSelection {
  readonly environment: Environment | undefined;
  /** Where the choice comes from; `none` when nothing names one. */
  readonly source: 'option' | 'variable' | 'dotenv' | 'default' | 'disabled' | 'none';
  /** The default environment that the command's rule leaves aside, for telling so. */
  readonly ignoredDefault: string | undefined;
}

export interface EnvironmentRequest {
  readonly rule: EnvironmentRule;
  /** `--environment NAME`; null for `--no-environment`. */
  readonly option: string | null | undefined;
  /** `MELTANO_ENVIRONMENT` of the process: when it is there but empty, the default one counts. */
  readonly variable: string | undefined;
  readonly dotenv: string | undefined;
  readonly defaultName: string | undefined;
}

/** Chooses the active environment (meltano-project §4.2). Throws `project.unknown_environment`. */
export function selectEnvironment(project: Project, request: EnvironmentRequest): EnvironmentSelection {
  const { rule, defaultName } = request;
  if (rule === 'never') return { environment: undefined, source: 'none', ignoredDefault: undefined };
  const asked = askedFor(request);
  if (asked !== undefined) {
    if (asked.name === null)
      return required(rule, { environment: undefined, source: 'disabled', ignoredDefault: undefined });
    return {
      environment: findEnvironment(project, asked.name),
      source: asked.source,
      ignoredDefault: undefined,
    };
  }
  if (defaultName === undefined || defaultName === '' || rule === 'explicit') {
    return required(rule, { environment: undefined, source: 'none', ignoredDefault: defaultName });
  }
  return { environment: findEnvironment(project, defaultName), source: 'default', ignoredDefault: undefined };
}

function askedFor(
  request: EnvironmentRequest,
): { readonly name: string | null; readonly source: 'option' | 'variable' | 'dotenv' } | undefined {
  const { option, variable, dotenv } = request;
  if (option === null) return { name: null, source: 'option' };
  if (option !== undefined && option !== '') return { name: orNone(option), source: 'option' };
  if (variable !== undefined)
    return variable === '' ? undefined : { name: orNone(variable), source: 'variable' };
  return dotenv === undefined || dotenv === '' ? undefined : { name: orNone(dotenv), source: 'dotenv' };
}

function orNone(name: string): string | null {
  return name.toLowerCase() === 'null' ? null : name;
}

function required(rule: EnvironmentRule, selection: EnvironmentSelection): EnvironmentSelection {
  if (rule !== 'required') return selection;
  throw projectError('environment_required', {
    message: 'A Meltano environment must be specified',
    hint: 'Set the `default_environment` option in your `meltano.yml` file, or specify an environment using the `--environment` option',
  });
}

export function findEnvironment(project: Project, name: string): Environment {
  const environment = project.environments.find((each) => each.name === name);
  if (environment !== undefined) return environment;
  const names = project.environments.map((each) => each.name);
  throw projectError('unknown_environment', {
    message: `Environment '${name}' was not found`,
    hint:
      names.length === 0
        ? `Add it with \`meltano environment add ${name}\``
        : `The project has: ${names.join(', ')}`,
    details: { environment: name },
  });
}
