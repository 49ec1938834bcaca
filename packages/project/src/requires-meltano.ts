import { satisfies } from '@renovatebot/pep440';
import { projectError } from './errors.ts';

/** The release of Python's Meltano that this program can stand in for; projects may require it. */
export const compatibleMeltanoVersion = '4.4.1';

/**
 * Checks a `requires_meltano` specifier (PEP 440). Throws `project.version_not_met` when this program's
 * version is outside of it, `project.invalid_version_specifier` when it cannot be read.
 */
export function assertRequiresMeltano(
  specifier: string | undefined,
  version: string = compatibleMeltanoVersion,
): void {
  if (specifier === undefined || specifier.trim() === '') return;
  if (isMet(specifier, version)) return;
  throw projectError('version_not_met', {
    message: `You're using ${version}, but this project requires ${specifier}`,
    hint: 'Change `requires_meltano` in meltano.yml, or use a version that meets it',
    place: { file: 'meltano.yml', path: 'requires_meltano' },
    details: { version, specifier },
  });
}

function isMet(specifier: string, version: string): boolean {
  if (!specifier.split(',').every((part) => clause.test(part.trim()) || part.trim() === '')) {
    throw projectError('invalid_version_specifier', {
      message: `\`requires_meltano: ${specifier}\` is not a version specifier`,
      hint: "Write it like '>=4.0' or '>=4,<5'",
      place: { file: 'meltano.yml', path: 'requires_meltano' },
    });
  }
  return satisfies(version, specifier, { prereleases: true });
}

const clause = /^(?:~=|==|!=|<=|>=|<|>|===)\s*[0-9A-Za-z.*+!_-]+$/;
