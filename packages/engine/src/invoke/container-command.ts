import { expandText } from '@meltano/project/settings/expand';
import type { ContainerSpec } from './container-spec.ts';

export interface ContainerStart {
  readonly name: string;
  /** What the plugin's own program would get. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard input and output are a terminal. */
  readonly terminal: boolean;
  /** Where `fileVariables` will be written. */
  readonly envFile: string;
}

/** How the container program (`docker`, `podman`) is called to run one container. */
export interface ContainerCommand {
  readonly args: readonly string[];
  /** Of the container program, which hands on those variables that its arguments name. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the container that the container program would read itself; they travel in a file. */
  readonly fileVariables: Readonly<Record<string, string>>;
}

/**
 * Invariant 5: variables are named on the command line, their values are not there. What tells where things
 * are on this machine, and what the container program is told itself, reaches the container only when the
 * specification says so: the image has a search path and a home of its own.
 */
export function containerCommand(spec: ContainerSpec, start: ContainerStart): ContainerCommand {
  const given = Object.entries(spec.env);
  const handedOn = Object.fromEntries([
    ...Object.entries(start.env).filter(([name]) => !isOfThisMachine(name)),
    ...given.filter(([name]) => !isOfThisMachine(name)),
  ]);
  const fileVariables = Object.fromEntries(given.filter(([name]) => isOfThisMachine(name)));
  const variables = { ...start.env, ...spec.env };
  return {
    args: [
      'run',
      '--rm',
      start.terminal ? '-it' : '-i',
      `--name=${start.name}`,
      ...(spec.entrypoint === undefined ? [] : [`--entrypoint=${spec.entrypoint}`]),
      ...(Object.keys(fileVariables).length === 0 ? [] : [`--env-file=${start.envFile}`]),
      ...Object.keys(handedOn).map((name) => `--env=${name}`),
      ...spec.ports.map(([here, there]) => `--publish=0.0.0.0:${here}:${there}`),
      ...spec.volumes.map((volume) => `--volume=${expandText(volume, { variables })}`),
      spec.image,
      ...spec.words,
    ],
    env: { ...start.env, ...handedOn },
    fileVariables,
  };
}

const placesHere = new Set([
  'HOME',
  'HOSTNAME',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  'OLDPWD',
  'PATH',
  'PWD',
  'SHELL',
  'TMPDIR',
  'VIRTUAL_ENV',
]);

function isOfThisMachine(name: string): boolean {
  return (
    placesHere.has(name) ||
    /^(DOCKER_|CONTAINERS_|XDG_|(MELTANO_CONTAINER_PROGRAM|CONTAINER_(HOST|SSHKEY|CONNECTION))$)/.test(name)
  );
}
