import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import { targetError } from '../target/errors.ts';
import { nameHash } from './names.ts';

/** Turns nested objects into columns named `outer__inner`, down to a level; what lies deeper stays JSON. */
export interface Flattening {
  readonly schema: JsonObject;
  /** Names that differ from `outer__inner`, because another property is called so already. */
  readonly renamed: readonly RenamedLeaf[];
  /** Members that no property asks for are passed on under a name that the schema does not have, to be counted. */
  record(record: JsonObject): JsonObject;
}

export interface RenamedLeaf {
  readonly path: readonly string[];
  readonly name: string;
}

/**
 * Only objects whose schema names their properties are flattened; level 0 leaves all as it is. Where two
 * properties would get one name, all but the one at the top get a suffix made from their own path, the same in
 * every run. Throws `target.name_clash` when even that name is taken.
 */
export function createFlattening(schema: JsonObject, maxLevel: number): Flattening {
  if (maxLevel <= 0) return { schema, renamed: [], record: (record) => record };
  const { leaves, renamed } = distinctLeaves(leavesOf(schema, maxLevel, []));
  const names = new Set(leaves.map(({ name }) => name));
  const tree = treeOf(leaves);
  const properties: Record<string, JsonValue> = {};
  for (const { name, property } of leaves) setMember(properties, name, property);
  return {
    schema: { ...schema, properties },
    renamed,
    record(record) {
      const out: Record<string, JsonValue> = {};
      flattenInto(out, record, tree, '', names);
      return out;
    },
  };
}

interface Leaf extends RenamedLeaf {
  readonly property: JsonValue;
}

function leavesOf(schema: JsonObject, level: number, path: readonly string[]): readonly Leaf[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, property]): readonly Leaf[] => {
    const here = [...path, name];
    const nested = isJsonObject(property) && isJsonObject(property['properties']) && level > 0;
    const deeper = nested ? leavesOf(property, level - 1, here) : [];
    return deeper.length > 0 ? deeper : [{ name: here.join(separator), path: here, property }];
  });
}

const separator = '__';

function distinctLeaves(all: readonly Leaf[]) {
  const claims = new Map<string, number>();
  for (const { name } of all) claims.set(name, (claims.get(name) ?? 0) + 1);
  const renamed: Leaf[] = [];
  const leaves = all.map((leaf) => {
    if (leaf.path.length === 1 || claims.get(leaf.name) === 1) return leaf;
    const other = { ...leaf, name: suffixedByPath(leaf.name, leaf.path) };
    renamed.push(other);
    return other;
  });
  for (const { name, path } of renamed) {
    if (leaves.filter((leaf) => leaf.name === name).length > 1) throw clash(name, path);
  }
  return { leaves, renamed };
}

function suffixedByPath(name: string, path: readonly string[]): string {
  return `${name}_${nameHash(JSON.stringify(path))}`;
}

function clash(name: string, path: readonly string[]) {
  return targetError('name_clash', {
    message: `The property ${path.join('.')} and another one would both be loaded into the column "${name}"`,
    hint: 'rename or deselect one of them, or set data_flattening_max_level to 0',
    details: { property: path.join('.'), column: name },
  });
}

/** The column of a property, or those of the properties below it. */
type Place = string | Tree;
type Tree = Map<string, Place>;

function treeOf(leaves: readonly Leaf[]): Tree {
  const tree: Tree = new Map();
  for (const { path, name } of leaves) {
    let at = tree;
    for (const step of path.slice(0, -1)) {
      const below = at.get(step);
      const next: Tree = below instanceof Map ? below : new Map();
      at.set(step, next);
      at = next;
    }
    at.set(path.at(-1) ?? '', name);
  }
  return tree;
}

function flattenInto(
  out: Record<string, JsonValue>,
  object: JsonObject,
  tree: Tree,
  prefix: string,
  names: ReadonlySet<string>,
): void {
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    const place = tree.get(name);
    if (typeof place === 'string') setMember(out, place, value);
    else if (place === undefined) setMember(out, unclaimed(prefix + name, names), value);
    else if (isJsonObject(value)) flattenInto(out, value, place, prefix + name + separator, names);
    else setAll(out, value, place);
  }
}

/** A null, or what is no object, is the value of all that lies below it. */
function setAll(out: Record<string, JsonValue>, value: JsonValue, tree: Tree): void {
  for (const place of tree.values()) {
    if (typeof place === 'string') setMember(out, place, value);
    else setAll(out, value, place);
  }
}

/** Invariant 4: what the schema does not have never takes the place of what it has. */
function unclaimed(name: string, names: ReadonlySet<string>): string {
  return names.has(name) ? suffixedByPath(name, [name]) : name;
}
