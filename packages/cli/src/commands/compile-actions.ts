import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compileManifest } from '@meltano/engine/compile-manifest';
import { findEnvironment } from '@meltano/engine/workspace/select-environment';
import { stringifyPythonJson } from '@meltano/foundation/json';
import type { Environment } from '@meltano/project/environment';
import type { Host } from '../host.ts';

interface CompileOptions {
  readonly directory: string;
  readonly indent: number;
  readonly lint?: boolean;
  readonly unsafe?: boolean;
  readonly databaseUri?: string;
}

/** `meltano compile`. */
export async function compileProject(host: Host, options: CompileOptions): Promise<void> {
  const session = await host.open({ command: 'compile', environment: 'never', ...options });
  const { project } = session.workspace;
  const asked = host.globals().environment;
  const environments: readonly (Environment | undefined)[] =
    asked === null
      ? [undefined]
      : asked === undefined
        ? [undefined, ...project.environments]
        : [findEnvironment(project, asked)];
  if (options.lint) for (const { message } of project.warnings) session.log.log('warning', message);
  session.print(
    `Compiling Meltano manifest for environments: ${environments.map((each) => each?.name ?? 'no environment').join(', ')}`,
  );
  const folder = resolve(process.cwd(), options.directory);
  mkdirSync(folder, { recursive: true });
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
