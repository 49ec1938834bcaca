import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, parse, posix, sep } from 'node:path';
import { matchesGlob } from '@meltano/singer/glob';
import { makeFolder } from '../make-folder.ts';
import { writeFileAtomically } from '../system/write-file-atomically.ts';

/** A file bundle that is installed, and the project that its files go to. */
export interface FileBundle {
  /** The plugin's name. */
  readonly name: string;
  readonly venv: string;
  readonly root: string;
  /** The extra `_update`: patterns of relative paths, true for what is kept up to date. */
  readonly update: Readonly<Record<string, boolean>>;
}

/** What was done, in the order of the files, in Meltano's words; for the log at level info. */
export type BundleLines = readonly string[];

/**
 * Copies all files of the bundle into the project. A file that is there already stays, and the bundle's is put
 * beside it under the plugin's name. Source: meltano-project §5.8.
 */
export async function addBundleFiles(bundle: FileBundle): Promise<BundleLines> {
  const kept: string[] = [];
  const created: string[] = [];
  for (const [path, content] of await readBundle(bundle)) {
    const isThere = await exists(join(bundle.root, path));
    if (isThere) kept.push(`File '${path}' already exists, keeping both versions`);
    const target = isThere ? besideName(path, bundle.name) : path;
    if (await writeIfChanged(join(bundle.root, target), content)) created.push(`Created ${target}`);
  }
  return [`Adding '${bundle.name}' files to project...`, ...kept, ...created];
}

/** Overwrites the files that `_update` names, where they differ from the bundle's. */
export async function updateBundleFiles(bundle: FileBundle): Promise<BundleLines> {
  const updated: string[] = [];
  for (const [path, content] of await readBundle(bundle)) {
    if (!isManaged(path, bundle)) continue;
    if (await writeIfChanged(join(bundle.root, path), content)) updated.push(`Updated ${path}`);
  }
  const head = `Updating '${bundle.name}' files in project...`;
  return updated.length === 0 ? [head, 'Nothing to update'] : [head, ...updated];
}

/** Relative path with `/` → content, sorted; a managed text file begins with a header that says so. */
async function readBundle(bundle: FileBundle): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await findBundleFolder(bundle.venv);
  const files = new Map<string, Buffer>();
  if (folder === undefined) return files;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join(posix.sep),
    )
    .filter((path) => path !== '__init__.py' && !path.split('/').includes('__pycache__'));
  for (const path of paths.sort()) {
    const content = await readFile(join(folder, path));
    // A picture with a line of text before it is no picture.
    const hasHeader = isManaged(path, bundle) && isUtf8(content);
    files.set(path, hasHeader ? Buffer.concat([Buffer.from(header(path, bundle.name)), content]) : content);
  }
  return files;
}

/** `bundle` in the site-packages of the venv. */
async function findBundleFolder(venv: string): Promise<string | undefined> {
  const libraries =
    process.platform === 'win32' ? [join(venv, 'Lib')] : await pythonLibraries(join(venv, 'lib'));
  for (const library of libraries) {
    const folder = join(library, 'site-packages', 'bundle');
    if (await exists(folder)) return folder;
  }
  return undefined;
}

async function pythonLibraries(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith('python')).map((name) => join(folder, name));
}

function isManaged(path: string, { update }: FileBundle): boolean {
  return Object.entries(update).some(([pattern, isOn]) => isOn && matchesPath(path, pattern));
}

/** As Python's `PurePath.match`: part by part from the end, so that `*` never crosses a slash. */
function matchesPath(path: string, pattern: string): boolean {
  const names = path.split('/');
  const wanted = pattern.split('/').filter((part) => part !== '' && part !== '.');
  const from = names.length - wanted.length;
  return (
    wanted.length > 0 && from >= 0 && wanted.every((part, at) => matchesGlob(names[from + at] ?? '', part))
  );
}

function header(path: string, name: string): string {
  return [
    `# This file is managed by the '${name}' file bundle and updated automatically when \`meltano upgrade\` is run.`,
    '# To prevent any manual changes from being overwritten, remove the file bundle from `meltano.yml` or disable automatic updates:',
    `#     meltano config --plugin-type=files ${name} set _update ${path} false`,
    '',
    '',
  ].join('\n');
}

function besideName(path: string, name: string): string {
  const { dir, name: stem, ext } = parse(path);
  return posix.join(dir, `${stem} (${name})${ext}`);
}

/** False when the file is there with this content. */
async function writeIfChanged(file: string, content: Buffer): Promise<boolean> {
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(content)) return false;
  makeFolder(dirname(file));
  await writeFileAtomically(file, content);
  return true;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
