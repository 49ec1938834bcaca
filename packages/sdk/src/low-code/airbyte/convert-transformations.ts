import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { convertExpression, convertTemplates, type TemplateNames } from './convert-template.ts';
import { at, listOf, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

/** `compute` and `remove` where they say the same; otherwise `transform`, step by step. */
export function convertTransformations(
  list: JsonValue | undefined,
  place: Place,
  names: TemplateNames,
): JsonObject {
  const steps = listOf(list).flatMap((each, index) => stepsOf(objectOf(each), at(place, index), names));
  return steps.length === 0 ? {} : (asMembers(steps) ?? { transform: steps });
}

/** Additions that do not see each other, then removals, of members of the record itself, whatever the record. */
function asMembers(steps: readonly JsonObject[]): JsonObject | undefined {
  const added = steps.filter((step) => step['set'] !== undefined);
  const removed = steps.filter((step) => step['remove'] !== undefined);
  const names = [...added.map((step) => step['set']), ...removed.map((step) => step['remove'])].map(String);
  const isOrdered = steps.every((step, at) => step === [...added, ...removed][at]);
  const isFlat =
    names.every((name) => !/[.*]/.test(name)) && steps.every((step) => step['when'] === undefined);
  const seesOthers = added.some((step) => names.some((name) => mentions(step['value'], name)));
  if (!isOrdered || !isFlat || seesOthers) return undefined;
  return {
    ...(added.length === 0
      ? {}
      : { compute: Object.fromEntries(added.map((step) => [String(step['set']), step['value'] ?? null])) }),
    ...(removed.length === 0 ? {} : { remove: removed.map((step) => String(step['remove'])) }),
  };
}

function mentions(value: JsonValue | undefined, name: string): boolean {
  return new RegExp(String.raw`\brecord\b[^}]*\b${name.replaceAll(/\W/g, String.raw`\$&`)}\b`).test(
    String(value),
  );
}

function stepsOf(change: JsonObject, place: Place, names: TemplateNames): readonly JsonObject[] {
  const condition = change['condition'];
  const when =
    typeof condition === 'string' && condition !== ''
      ? { when: convertTemplates(condition, at(place, 'condition'), names) }
      : {};
  switch (change['type']) {
    case 'AddFields':
      return listOf(change['fields']).map((field, index) => ({
        ...added(objectOf(field), at(place, 'fields', index), names),
        ...when,
      }));
    case 'RemoveFields':
      return listOf(change['field_pointers']).map((pointer) => ({
        remove: pathOf(pointer, at(place, 'field_pointers'), true),
        ...when,
      }));
    case 'KeysToLower':
      return [{ keys: 'lower' }];
    case 'KeysToSnakeCase':
      return [{ keys: 'snake' }];
    case 'KeysReplace':
      return [
        { replace: text(change['old'], at(place, 'old')), with: text(change['new'], at(place, 'new')) },
      ];
    case 'FlattenFields':
      refuse(change, ['flatten_lists'], place);
      return [{ flatten: true }];
    case 'DpathFlattenFields':
      return lifted(change, place);
    default:
      note(place, typeOf(change), 'it is not supported');
      return [];
  }
}

function added(field: JsonObject, place: Place, names: TemplateNames): JsonObject {
  const value = field['value'] ?? null;
  const wrap = typed[String(field['value_type'])];
  const here = at(place, 'value');
  const expression =
    wrap === undefined || typeof value !== 'string' ? undefined : convertExpression(value, here, names);
  return {
    set: pathOf(field['path'], at(place, 'path')),
    value:
      expression === undefined ? convertTemplates(value, here, names) : `{{ ${wrap?.(expression) ?? ''} }}`,
  };
}

const typed: Readonly<Record<string, (value: string) => string>> = {
  string: (value) => `concat(${value})`,
  integer: (value) => `to_int(${value})`,
  number: (value) => `float(${value})`,
  boolean: (value) => `bool(${value})`,
};

function lifted(change: JsonObject, place: Place): readonly JsonObject[] {
  refuse(change, ['replace_record', 'key_transformation'], place);
  const path = pathOf(change['field_path'], at(place, 'field_path'));
  return [{ flatten: path }, ...(change['delete_origin_value'] === true ? [{ remove: path }] : [])];
}

function pathOf(path: JsonValue | undefined, place: Place, takesStars = false): string {
  const names = listOf(path).map(String);
  if (names.length === 0 || names.some((name) => /[.*{]/.test(name) && !(takesStars && name === '*')))
    note(place, 'FieldPointer', `only plain names are supported, not ${names.join(' / ') || 'none'}`);
  return names.join('.');
}

/** A text that the settings decide. */
function text(value: JsonValue | undefined, place: Place): string {
  const made = String(convertTemplates(String(value ?? ''), place));
  if (/\{\{[^}]*\b(record|partition|start|end)\b/.test(made))
    note(place, 'KeysReplace', 'only texts that the settings decide are supported');
  return made;
}
