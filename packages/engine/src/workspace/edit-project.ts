import { join } from 'node:path';
import { changeProject, type ProjectChange } from '@meltano/project/edit/project-change';
import { workspaceError } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import { loadProjectFiles, readText } from './project-files.ts';
import { replaceText } from './replace-file.ts';
import type { Workspace } from './workspace.ts';

/**
 * Changes project files, each element in the file that has it, and answers with the project as it is then.
 * Files are read anew under the lock, so changes of other processes are not lost; only files that change are
 * written, each as one step. Throws, with nothing written, when the project is read-only, or when it would
 * not be a valid project afterwards.
 */
export async function editProject(
  workspace: Workspace,
  changes: readonly ProjectChange[],
): Promise<Workspace> {
  if (workspace.readOnly) throw readOnlyProject();
  const lock = join(workspace.systemDir, 'run', 'meltano.yml.lock');
  await withFileLock(lock, () => writeChanges(workspace, changes));
  return workspace.reload();
}

export function readOnlyProject() {
  return workspaceError('read_only', {
    message: 'This Meltano project is deployed as read-only',
    hint: 'Change it where it is developed, or turn off `project_readonly`',
  });
}

function writeChanges({ root, systemDir }: Workspace, changes: readonly ProjectChange[]): void {
  const { files } = loadProjectFiles(root, systemDir);
  const result = changeProject(files, changes);
  for (const [index, file] of result.files.entries()) {
    const before = files[index];
    if (before === undefined || before.text === file.text) continue;
    assertUnchanged(join(root, file.path), file.path, before.text);
    replaceText(join(root, file.path), file.text);
  }
}

/** Python's Meltano locks otherwise; a write of its own in between must not be undone. */
function assertUnchanged(file: string, path: string, text: string): void {
  if (readText(file, path) === text) return;
  throw workspaceError('changed_meanwhile', {
    message: `${path} was changed by another program in the meantime`,
    hint: 'Run the command again',
    place: { file: path },
  });
}
