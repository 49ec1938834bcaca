import type { RunRequest } from '@meltano/engine/run/run-request';

/** The command line that runs the same again; `environment` where it has to be named. */
export function renderRunCommand(request: RunRequest, environment: string | undefined): string {
  const words = [
    'meltano',
    ...(environment === undefined ? [] : [`--environment=${environment}`]),
    request.command,
    ...flags(request),
    ...values(request),
    ...request.blocks,
  ];
  return words.map(shellWord).join(' ');
}

function flags(request: RunRequest): readonly string[] {
  return [
    ...(request.fullRefresh === true ? ['--full-refresh'] : []),
    ...(request.refreshCatalog === true ? ['--refresh-catalog'] : []),
    ...(request.noStateUpdate === true ? ['--no-state-update'] : []),
  ];
}

/** Options with values, as the request has them; its id is its own, and what was forced is asked for again. */
function values(request: RunRequest): readonly string[] {
  const { stateStrategy, timeoutSeconds, transform } = request;
  const options: readonly (readonly [string, string | undefined])[] = [
    ['--state-id', request.stateId],
    ['--state-id-suffix', request.stateIdSuffix],
    ['--state-strategy', stateStrategy === 'auto' ? undefined : stateStrategy],
    ['--timeout', timeoutSeconds === undefined ? undefined : String(timeoutSeconds)],
    ['--catalog', request.catalog],
    ['--state', request.state],
    ...(request.select ?? []).map((pattern) => ['--select', pattern] as const),
    ...(request.exclude ?? []).map((pattern) => ['--exclude', pattern] as const),
    ['--transform', transform === 'skip' ? undefined : transform],
  ];
  return options.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

/** One word for a POSIX shell. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
