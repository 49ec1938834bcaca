import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { CatalogStream } from '@meltano/singer/catalog';

/**
 * Members that are left out even where a schema is open to more than it names: `'all'` of a member, or what is
 * unwanted inside of it.
 */
export type UnwantedMembers = ReadonlyMap<string, UnwantedMembers | 'all'>;

export interface UnwantedOptions {
  /** All that the stream has. */
  readonly own: JsonObject;
  /** What is left of the catalog's schema. */
  readonly selected: JsonObject;
  readonly metadata: CatalogStream['metadata'];
  isPropertySelected(path: readonly string[]): boolean;
}

/**
 * What is deselected: properties that the stream's own schema names and the selected one does not, and those whose
 * metadata says so, whether a schema names them or not. Where a catalog no longer describes an object, all of that
 * object is wanted that no metadata deselects.
 */
export function unwantedMembers(options: UnwantedOptions): UnwantedMembers {
  const found: Unwanted = new Map();
  for (const path of unnamedPaths(options.own, options.selected)) addPath(found, path);
  for (const { breadcrumb } of options.metadata ?? []) {
    const path = propertyPath(breadcrumb);
    if (path !== undefined && !options.isPropertySelected(path)) addPath(found, path);
  }
  return found;
}

type Unwanted = Map<string, Unwanted | 'all'>;

function addPath(members: Unwanted, [name = '', ...rest]: readonly string[]): void {
  const known = members.get(name);
  if (known === 'all') return;
  if (rest.length === 0) {
    members.set(name, 'all');
    return;
  }
  const below = known ?? new Map();
  members.set(name, below);
  addPath(below, rest);
}

/** Paths of properties that `own` has below objects that both describe, and `selected` has not. */
function unnamedPaths(own: JsonObject, selected: JsonObject): readonly (readonly string[])[] {
  const [all, left] = [own['properties'], selected['properties']];
  if (!isJsonObject(all) || !isJsonObject(left)) return [];
  return Object.entries(all).flatMap(([name, property]) => {
    const kept = Object.hasOwn(left, name) ? left[name] : undefined;
    if (kept === undefined) return [[name]];
    if (!isJsonObject(property) || !isJsonObject(kept)) return [];
    return unnamedPaths(property, kept).map((path) => [name, ...path]);
  });
}

/** The names in a breadcrumb of properties; undefined for the root and for what is no property. */
function propertyPath(breadcrumb: readonly string[]): readonly string[] | undefined {
  const names = breadcrumb.filter((_, at) => at % 2 === 1);
  const isPath = breadcrumb.every((part, at) => at % 2 === 1 || part === 'properties');
  return isPath && names.length > 0 && names.length * 2 === breadcrumb.length ? names : undefined;
}
