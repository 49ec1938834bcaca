import { AppError, isAppError } from '@meltano/foundation/errors';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';

/** The same error, with the setting that it keeps from having a value, and where that stands. */
export function inSetting(error: unknown, setting: ResolvedSetting, owner: string): unknown {
  if (!isAppError(error)) return error;
  const { code, category, message, hint, details, cause } = error;
  return new AppError({
    code,
    category,
    message: `Setting '${setting.definition.name}' of ${owner}: ${message}`,
    hint,
    place: setting.origin?.place,
    details,
    cause,
  });
}
