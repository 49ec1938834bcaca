import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { type ProjectFile, parseProjectFile } from '../document/parse-project-file.ts';
import { projectError } from '../errors.ts';
import { parseProject } from '../parse-project.ts';
import { type PluginType, pluginTypeWords } from '../plugin/plugin-type.ts';
import type { Project } from '../project.ts';
import type { DocumentEdit } from './document-edit.ts';
import { editDocument } from './edit-document.ts';
import type { EditPath } from './edit-value.ts';

/** The part of a project that a change is about. */
export type ProjectTarget =
  /** The top level: Meltano's own settings, `env`, … */
  | { readonly kind: 'project' }
  | { readonly kind: 'plugin'; readonly type: PluginType; readonly name: string }
  | { readonly kind: 'environment' | 'job' | 'schedule'; readonly name: string }
  /** The overrides of a plugin in an environment; made when they are not there. */
  | {
      readonly kind: 'environment-plugin';
      readonly environment: string;
      readonly type: PluginType;
      readonly name: string;
    };

export type ProjectChange =
  /** Sets what is at `path` inside the target; missing mappings are made. */
  | {
      readonly kind: 'set';
      readonly target: ProjectTarget;
      readonly path: readonly (string | number)[];
      readonly value: JsonValue;
    }
  /** Removes what is at `path` inside the target, and mappings above it that become empty. */
  | { readonly kind: 'unset'; readonly target: ProjectTarget; readonly path: readonly (string | number)[] }
  | {
      readonly kind: 'append';
      readonly target: ProjectTarget;
      readonly path: readonly (string | number)[];
      readonly value: JsonValue;
    }
  /** A new element, at the end of its list in `meltano.yml`; `entry` has the name. */
  | { readonly kind: 'add'; readonly target: ElementTarget; readonly entry: JsonObject }
  /** Removes the element; nothing happens when it is not there. */
  | { readonly kind: 'remove'; readonly target: ElementTarget };

export type ElementTarget = Exclude<ProjectTarget, { readonly kind: 'project' | 'environment-plugin' }>;

export interface ChangedProject {
  /** All files, changed or not, in their order. */
  readonly files: readonly ProjectFile[];
  /** Paths of the files whose text is another one now. */
  readonly changed: readonly string[];
  readonly project: Project;
}

/**
 * Carries out changes on the text of a project's files, each in the file that has its target: elements where
 * they are written, new ones in `meltano.yml`. Throws, with nothing to write, when the result is no project.
 */
export function changeProject(
  files: readonly ProjectFile[],
  changes: readonly ProjectChange[],
): ChangedProject {
  const changed = changes.reduce((current, change) => changeFiles(current, change), files);
  return {
    files: changed,
    changed: changed.filter((file, index) => file.text !== files[index]?.text).map((file) => file.path),
    project: parseProject(changed),
  };
}

function changeFiles(files: readonly ProjectFile[], change: ProjectChange): readonly ProjectFile[] {
  const { file, edits } = planEdits(files, change);
  const text = editDocument(file.path, file.text, edits);
  if (text === file.text) return files;
  return files.map((each) =>
    each === file ? parseProjectFile(file.path, text, { mayBeEmpty: true }) : each,
  );
}

interface FileEdits {
  readonly file: ProjectFile;
  readonly edits: readonly DocumentEdit[];
}

function planEdits(files: readonly ProjectFile[], change: ProjectChange): FileEdits {
  if (change.kind === 'add') return addElement(files, change.target, change.entry);
  if (change.kind === 'remove') return removeElement(files, change.target);
  const { target, path } = change;
  if (target.kind === 'environment-plugin') return changeOverrides(files, target, change);
  const file = target.kind === 'project' ? fileWithKey(files, path[0]) : fileWithElement(files, target);
  if (file === undefined) throw missingElement(target);
  return { file, edits: [memberEdit(change, elementPath(target))] };
}

type MemberChange = Extract<ProjectChange, { readonly kind: 'set' | 'unset' | 'append' }>;

function memberEdit(change: MemberChange, element: EditPath): DocumentEdit {
  const path = [...element, ...change.path];
  if (change.kind === 'unset') return { kind: 'remove', path, keep: element.length };
  return { kind: change.kind, path, value: change.value };
}

function addElement(files: readonly ProjectFile[], target: ElementTarget, entry: JsonObject): FileEdits {
  const [main] = files;
  const present = fileWithElement(files, target);
  if (main === undefined || present !== undefined) {
    throw projectError('duplicate_name', {
      message: `${present?.path ?? 'The project'} already has ${describe(target)}`,
      hint: 'Choose another name, or change the existing one',
      place: present?.place(listPath(target)),
    });
  }
  return { file: main, edits: [{ kind: 'append', path: listPath(target), value: entry }] };
}

/** An included file must not become empty: Meltano cannot read it then. */
function removeElement(files: readonly ProjectFile[], target: ElementTarget): FileEdits {
  const file = fileWithElement(files, target) ?? files[0];
  if (file === undefined) throw missingElement(target);
  const keep = Object.keys(file.value).length > 1 ? 0 : 1;
  return { file, edits: [{ kind: 'remove', path: elementPath(target), keep }] };
}

type OverridesTarget = Extract<ProjectTarget, { readonly kind: 'environment-plugin' }>;

function changeOverrides(
  files: readonly ProjectFile[],
  target: OverridesTarget,
  change: MemberChange,
): FileEdits {
  const environment = { kind: 'environment', name: target.environment } as const;
  const file = fileWithElement(files, environment);
  if (file === undefined) throw missingElement(environment);
  const list = [...elementPath(environment), 'config', 'plugins', target.type];
  const element = [...list, { name: target.name }];
  if (hasItem(file, environment, target)) return { file, edits: [memberEdit(change, element)] };
  if (change.kind === 'unset') return { file, edits: [] };
  return {
    file,
    edits: [{ kind: 'append', path: list, value: { name: target.name } }, memberEdit(change, element)],
  };
}

function hasItem(file: ProjectFile, environment: ElementTarget, { type, name }: OverridesTarget): boolean {
  const entry = namedItem(valueAt(file.value, listPath(environment)), environment.name);
  return namedItem(valueAt(entry, ['config', 'plugins', type]), name) !== undefined;
}

function fileWithElement(files: readonly ProjectFile[], target: ElementTarget): ProjectFile | undefined {
  return files.find((file) => namedItem(valueAt(file.value, listPath(target)), target.name) !== undefined);
}

/** Where several files have a key, the last one decides. */
function fileWithKey(
  files: readonly ProjectFile[],
  key: string | number | undefined,
): ProjectFile | undefined {
  return files.findLast((file) => key !== undefined && Object.hasOwn(file.value, String(key))) ?? files[0];
}

const listKeys = { environment: 'environments', job: 'jobs', schedule: 'schedules' } as const;

function listPath(target: ElementTarget): readonly string[] {
  return target.kind === 'plugin' ? ['plugins', target.type] : [listKeys[target.kind]];
}

function elementPath(target: ElementTarget | { readonly kind: 'project' }): EditPath {
  return target.kind === 'project' ? [] : [...listPath(target), { name: target.name }];
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (found, key) => (isJsonObject(found) ? found[key] : undefined),
    value,
  );
}

function namedItem(list: JsonValue | undefined, name: string): JsonObject | undefined {
  return isJsonArray(list)
    ? list.filter(isJsonObject).find((item) => String(item['name'] ?? '') === name)
    : undefined;
}

function missingElement(target: ElementTarget | { readonly kind: 'project' }) {
  return projectError('missing_element', {
    message:
      target.kind === 'project' ? 'The project has no files' : `The project has no ${describe(target)}`,
    hint: 'Check the spelling, or add it first',
  });
}

function describe(target: ElementTarget): string {
  return `${target.kind === 'plugin' ? pluginTypeWords[target.type].descriptor : target.kind} '${target.name}'`;
}
