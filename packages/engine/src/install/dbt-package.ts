import { readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { isJsonArray, isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { parseProjectFile } from '@meltano/project/document/parse-project-file';
import type { DocumentEdit } from '@meltano/project/edit/document-edit';
import { editDocument } from '@meltano/project/edit/edit-document';
import { writeFileAtomically } from '../system/write-file-atomically.ts';
import { installError } from './errors.ts';

/** A transform: a package of dbt models in a repository of its own, and the dbt project that is to use it. */
export interface DbtPackage {
  /** The plugin's `pip_url`: address of the repository, with `@` and a revision behind it where one is fixed. */
  readonly source: string;
  /** The package's name in dbt, and values for its variables. */
  readonly packageName: string;
  readonly vars: JsonObject;
  /** Absolute. */
  readonly projectDir: string;
  readonly root: string;
}

/**
 * Enters the package in dbt's `packages.yml` and its models and variables in `dbt_project.yml`; only those lines
 * change, and what is there already stays. Answers what was done, in Meltano's words. Source: meltano-runtime §8.4.
 * Throws `install.no_dbt_project`.
 */
export async function addDbtPackage(dbt: DbtPackage): Promise<readonly string[]> {
  const { source, projectDir, root } = dbt;
  const packages = join(projectDir, 'packages.yml');
  const project = join(projectDir, 'dbt_project.yml');
  const projectText = await readFile(project, 'utf8').catch((cause: unknown) => {
    throw noDbtProject(project, cause);
  });
  const shown = (file: string) => relative(root, file).split(sep).join(posix.sep);
  await editFile(packages, await readFile(packages, 'utf8').catch(() => ''), packagesEdits(source));
  await editFile(project, projectText, projectEdits(dbt));
  return [
    `Adding dbt package '${source}' to '${shown(packages)}'...`,
    `Adding dbt model to '${shown(project)}'...`,
  ];
}

type EditsOf = (value: JsonObject) => readonly DocumentEdit[];

async function editFile(file: string, text: string, editsOf: EditsOf): Promise<void> {
  const { value } = parseProjectFile(file, text, { mayBeEmpty: true });
  const changed = editDocument(file, text, editsOf(value));
  if (changed !== text) await writeFileAtomically(file, Buffer.from(changed));
}

function packagesEdits(source: string): EditsOf {
  const parts = source.split('@');
  const [git = source, revision] = parts.length === 2 ? parts : [source];
  const entry: JsonObject = revision === undefined ? { git } : { git, revision };
  return ({ packages }) => {
    const known = isJsonArray(packages) ? packages.filter(isJsonObject) : [];
    const isThere = known.some((each) => each['git'] === git && each['revision'] === revision);
    return isThere ? [] : [{ kind: 'append', path: ['packages'], value: entry }];
  };
}

function projectEdits({ packageName, vars }: DbtPackage): EditsOf {
  return (value) => {
    const models = isJsonObject(value['models']) ? value['models'] : {};
    // The first version of dbt's project files has the variables of a package among its models.
    const isFirst = (value['config-version'] ?? 1) === 1;
    const hasVars = Object.keys(vars).length > 0;
    const edits: DocumentEdit[] = [];
    if (models[packageName] === undefined)
      edits.push({ kind: 'set', path: ['models', packageName], value: {} });
    if (hasVars)
      edits.push({
        kind: 'set',
        path: isFirst ? ['models', packageName, 'vars'] : ['vars', packageName],
        value: vars,
      });
    return edits;
  };
}

function noDbtProject(file: string, cause: unknown) {
  return installError('no_dbt_project', {
    message: `There is no ${file}, which the models of a transform are entered in`,
    hint: "make the dbt project first, for example with `meltano invoke dbt-postgres:initialize`, or correct the transformer's `project_dir`",
    cause,
  });
}
