import { AppError, isAppError } from '@meltano/foundation/errors';

/**
 * What a connector says of settings that are not valid, with the commands that set them in a project: a connector
 * knows neither the project nor what it is called there. Anything else comes back as it is.
 */
export function adviseSettings(error: unknown, plugin: string): unknown {
  if (!isAppError(error) || error.code !== 'config.invalid') return error;
  const { code, category, place, details, message } = error;
  const problems = Array.isArray(details['problems']) ? details['problems'].map(String) : [];
  const names = problems.flatMap((problem) => /^"([^"]+)"/.exec(problem)?.[1] ?? []);
  if (names.length === 0) return error;
  const hint = [...new Set(names)].map((name) => `meltano config set ${plugin} ${name} <value>`).join('; ');
  return new AppError({ code, category, hint, place, details, message, cause: error });
}
