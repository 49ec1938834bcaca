import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';

interface DatabaseChoice {
  readonly databaseUri?: string;
}

const open = (host: Host, options: DatabaseChoice) =>
  host.open({ command: 'environment', environment: 'never', ...options });

/** `meltano environment list`. */
export async function listEnvironments(
  host: Host,
  options: DatabaseChoice & { readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const names = session.workspace.project.environments.map((environment) => environment.name);
  if (options.format === 'json') session.print(JSON.stringify(names, null, 2));
  else for (const name of names) session.print(name);
}

/** `meltano environment add`. */
export async function addEnvironment(host: Host, name: string, options: DatabaseChoice): Promise<void> {
  const session = await open(host, options);
  if (name.includes(':')) {
    throw cliError('invalid_name', {
      message: `The name '${name}' of an environment must not contain ':'`,
      hint: 'state IDs are made of names joined by colons',
    });
  }
  if (session.workspace.project.environments.some((environment) => environment.name === name)) {
    throw cliError('exists', {
      message: `An Environment named '${name}' already exists`,
      hint: 'meltano environment list',
    });
  }
  await session.engine.edit([{ kind: 'add', target: { kind: 'environment', name }, entry: { name } }]);
  session.print(`Created new environment '${name}'`);
}

/** `meltano environment remove`. */
export async function removeEnvironment(host: Host, name: string, options: DatabaseChoice): Promise<void> {
  const session = await open(host, options);
  if (!session.workspace.project.environments.some((environment) => environment.name === name)) {
    throw cliError('no_environment', {
      message: `Environment '${name}' was not found`,
      hint: 'meltano environment list',
    });
  }
  await session.engine.edit([{ kind: 'remove', target: { kind: 'environment', name } }]);
  if (session.workspace.projectSetting('default_environment').value === name) {
    session.log.log(
      'warning',
      `It was the default environment: set another with \`meltano config set meltano default_environment <name>\``,
    );
  }
  session.print(`Removed environment '${name}'`);
}
