import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineErrors } from '@meltano/foundation/errors';
import { uuidV7 } from '@meltano/foundation/ids';
import { makeFolder } from '../make-folder.ts';

const initError = defineErrors('init', {
  project_exists: 'conflict',
  not_a_folder: 'usage',
  folder_not_created: 'environment',
});

export interface CreateProjectOptions {
  /** Absolute. May exist; its parent must. */
  readonly folder: string;
  /** Overwrite an existing `meltano.yml`; all other files that exist are kept. */
  readonly force: boolean;
  /** False writes `send_anonymous_usage_stats: false`. */
  readonly usageStats: boolean;
}

export interface CreatedFile {
  /** Relative to the project. */
  readonly path: string;
  /** It was there and is kept. */
  readonly skipped: boolean;
}

/** Makes the files of a new project, in the layout of Meltano's own `init`. Source: meltano-cli §7. */
export function createProject(options: CreateProjectOptions): readonly CreatedFile[] {
  const { folder, force } = options;
  makeProjectFolder(folder);
  if (existsSync(join(folder, 'meltano.yml')) && !force) {
    throw initError('project_exists', {
      message: `A \`meltano.yml\` file already exists in the target directory ${folder}`,
      hint: 'name another directory, or use --force to overwrite the file',
    });
  }
  return Object.entries(projectFiles(options)).map(([path, content]) => {
    const file = join(folder, path);
    const skipped = existsSync(file) && !(force && path === 'meltano.yml');
    if (!skipped) {
      makeFolder(dirname(file));
      writeFileSync(file, content);
    }
    return { path, skipped };
  });
}

function makeProjectFolder(folder: string): void {
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return;
    throw initError('not_a_folder', { message: `'${folder}' is a file`, hint: 'name a directory' });
  }
  try {
    mkdirSync(folder);
  } catch (cause) {
    const missing = !existsSync(dirname(folder));
    throw initError('folder_not_created', {
      message: missing
        ? `The directory '${dirname(folder)}' does not exist`
        : `The directory '${folder}' cannot be created`,
      hint: missing ? `mkdir -p ${dirname(folder)}` : 'check the permissions of the directory above it',
      cause,
    });
  }
}

const emptyFolders = ['extract', 'load', 'transform', 'analyze', 'notebook', 'orchestrate'];

function projectFiles(options: CreateProjectOptions): Readonly<Record<string, string>> {
  const settings = [
    'default_environment: dev',
    `project_id: ${uuidV7()}`,
    'environments:',
    '- name: dev',
    '- name: staging',
    '- name: prod',
    ...(options.usageStats ? [] : ['send_anonymous_usage_stats: false']),
  ];
  return {
    'meltano.yml': `${settings.join('\n')}\n`,
    'README.md': '',
    'requirements.txt': '',
    'output/.gitignore': '*\n!.gitignore\n',
    '.gitignore': '/venv\n/node_modules\n/.meltano\n.env\n',
    ...Object.fromEntries(emptyFolders.map((name) => [`${name}/.gitkeep`, ''])),
  };
}
