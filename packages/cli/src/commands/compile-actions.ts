import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compileManifest } from '@meltano/engine/compile-manifest';
import { makeFolder } from '@meltano/engine/make-folder';
import { selectEnvironment } from '@meltano/engine/workspace/select-environment';
import { stringifyPythonJson } from '@meltano/foundation/json';
import type { Environment } from '@meltano/project/environment';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';

interface CompileOptions {
  readonly directory: string;
  readonly indent: number;
  readonly lint?: boolean;
  readonly unsafe?: boolean;
  readonly databaseUri?: string;
}

/** The one that is asked for, by option or variable; else none and all: the default one does not count. */
function chosenEnvironments(
  { workspace, log }: Session,
  option: string | null | undefined,
): readonly (Environment | undefined)[] {
  const { project, processEnv, dotenv } = workspace;
  const { environment, source } = selectEnvironment(project, {
    rule: 'explicit',
    option,
    variable: processEnv['MELTANO_ENVIRONMENT'],
    dotenv: dotenv['MELTANO_ENVIRONMENT'],
    defaultName: undefined,
  });
  if (source === 'disabled') log.log('info', 'No Meltano environment was selected');
  return source === 'none' ? [undefined, ...project.environments] : [environment];
}

/** `meltano compile`. */
export async function compileProject(host: Host, options: CompileOptions): Promise<void> {
  const session = await host.open({ command: 'compile', environment: 'never', ...options });
  const { project } = session.workspace;
  const environments = chosenEnvironments(session, host.globals().environment);
  if (options.lint) for (const { message } of project.warnings) session.log.log('warning', message);
  session.print(
    `Compiling Meltano manifest for environments: ${environments.map((each) => each?.name ?? 'no environment').join(', ')}`,
  );
  const folder = resolve(process.cwd(), options.directory);
  makeFolder(folder);
  for (const environment of environments) {
    const workspace = await session.workspace.withEnvironment(environment);
    const manifest = await compileManifest(workspace, { unsafe: options.unsafe ?? false });
    const file = join(
      folder,
      environment === undefined ? 'meltano-manifest.json' : `meltano-manifest.${environment.name}.json`,
    );
    const indent = options.indent > 0 ? { indent: options.indent } : {};
    writeFileSync(file, `${stringifyPythonJson(manifest, { sortKeys: true, ...indent })}\n`);
    session.print(`Compiled ${file}`);
  }
}
