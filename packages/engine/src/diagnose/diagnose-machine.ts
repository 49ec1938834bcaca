import { findUv } from '../install/find-uv.ts';
import { defaultPythonVersion, findDefaultPython } from '../install/python-choice.ts';
import { type Finding, findingsOf } from './finding.ts';

export interface MachineOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The user's cache folder of this program. */
  readonly cacheFolder: string;
  readonly version: string;
  /** Some plugin of the project is installed from Python packages. */
  readonly needsPython: boolean;
}

/** What the program itself stands on: Node.js, and what Python plugins need. */
export async function diagnoseMachine(options: MachineOptions): Promise<readonly Finding[]> {
  const { node } = process.versions;
  const program: Finding = {
    subject: 'Program',
    verdict: isNewEnough(node) ? 'fine' : 'broken',
    message: `meltano ${options.version} on Node.js ${node}, ${process.platform} ${process.arch}`,
    fix: isNewEnough(node) ? undefined : 'install Node.js 22.19 or newer from nodejs.org',
  };
  return [
    program,
    ...(await findingsOf('Python', () => pythonFindings(options))),
    ...(await findingsOf('uv', () => uvFindings(options))),
  ];
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

async function pythonFindings({ env, needsPython }: MachineOptions): Promise<readonly Finding[]> {
  const subject = 'Python';
  const path = await findDefaultPython(env);
  if (path !== undefined) {
    const version = await defaultPythonVersion(env);
    return [{ subject, verdict: 'fine', message: `${version ?? 'unknown version'} at ${path}` }];
  }
  const uv = await findUv({ env, cacheFolder: '', python: undefined });
  if (!needsPython)
    return [{ subject, verdict: 'fine', message: 'not found; no plugin of this project needs it' }];
  return [
    {
      subject,
      verdict: uv === undefined ? 'broken' : 'advice',
      message: 'not found, and plugins of this project need it',
      fix: uv === undefined ? 'install Python 3 or uv (https://docs.astral.sh/uv)' : 'uv python install',
    },
  ];
}

async function uvFindings({ env, cacheFolder, needsPython }: MachineOptions): Promise<readonly Finding[]> {
  const subject = 'uv';
  const path = await findUv({ env, cacheFolder, python: undefined });
  if (path !== undefined) return [{ subject, verdict: 'fine', message: path }];
  if (!needsPython)
    return [{ subject, verdict: 'fine', message: 'not found; no plugin of this project needs it' }];
  return [
    {
      subject,
      verdict: 'advice',
      message: 'not found; it is fetched by the first installation, and pip is used where that fails',
      fix: 'https://docs.astral.sh/uv, or set MELTANO_UV to its path',
    },
  ];
}
