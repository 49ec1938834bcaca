import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Catalog, CatalogStream } from './catalog.ts';

/** How a stream or property stands in a catalog, in the words of `meltano select --list`. */
export type SelectionStatus = 'automatic' | 'selected' | 'excluded' | 'unsupported';

/** Status of one metadata entry as Meltano lists it: `selected-by-default` counts where `selected` is absent. */
export function selectionStatus(metadata: JsonObject): SelectionStatus {
  const inclusion = metadata['inclusion'];
  if (inclusion === 'automatic' || inclusion === 'unsupported') return inclusion;
  const selected = metadata['selected'] ?? metadata['selected-by-default'];
  return isTruthy(selected) ? 'selected' : 'excluded';
}

export interface ListedStream {
  readonly stream: string;
  readonly status: SelectionStatus;
  readonly properties: readonly { readonly name: string; readonly status: SelectionStatus }[];
}

/** Everything that can be selected, in the catalog's order; nested properties are named `a.b`. */
export function listSelection(catalog: Catalog): readonly ListedStream[] {
  return catalog.streams.map((stream) => {
    const entries = stream.metadata ?? [];
    const root = entries.find((entry) => entry.breadcrumb.length === 0);
    return {
      stream: stream.tap_stream_id,
      status: selectionStatus(root?.metadata ?? {}),
      properties: entries
        .filter((entry) => entry.breadcrumb.length > 0)
        .map((entry) => ({
          name: entry.breadcrumb.filter((_, index) => index % 2 === 1).join('.'),
          status: selectionStatus(entry.metadata),
        })),
    };
  });
}

/**
 * What a tap reads: the rules of the Meltano SDK (meltano-runtime §1.7). A stream is selected when its root
 * metadata says so, or when there is no root entry; a property is left out when its parent is, when it is
 * `unsupported`, or when its own metadata deselects it; `automatic` properties cannot be deselected.
 */
export interface StreamSelection {
  readonly selected: boolean;
  /** `path` holds property names from the record's top level down. */
  isPropertySelected(path: readonly string[]): boolean;
}

export function streamSelection(stream: CatalogStream): StreamSelection {
  const entries = new Map(
    (stream.metadata ?? []).map((entry) => [entry.breadcrumb.join('\0'), entry.metadata]),
  );
  const root = entries.get('');
  const selected = root === undefined ? isTruthy(stream.selected ?? true) : isSelectedBy(root, false);
  const isPropertySelected = (path: readonly string[]): boolean => {
    if (path.length === 0) return selected;
    if (!isPropertySelected(path.slice(0, -1))) return false;
    const metadata = entries.get(path.flatMap((name) => ['properties', name]).join('\0'));
    return metadata === undefined ? true : isSelectedBy(metadata, true);
  };
  return { selected, isPropertySelected };
}

function isSelectedBy(metadata: JsonObject, otherwise: boolean): boolean {
  if (metadata['inclusion'] === 'unsupported') return false;
  if (metadata['inclusion'] === 'automatic' && otherwise) return true;
  const choice = metadata['selected'] ?? metadata['selected-by-default'];
  return choice === undefined || choice === null ? otherwise : isTruthy(choice);
}

/** The schema with the properties that are not selected taken out, at every depth. */
export function selectedSchema(
  schema: JsonObject,
  selection: StreamSelection,
  path: readonly string[] = [],
): JsonObject {
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return schema;
  const kept = Object.entries(properties)
    .filter(([name]) => selection.isPropertySelected([...path, name]))
    .map(([name, property]) => [
      name,
      isJsonObject(property) ? selectedSchema(property, selection, [...path, name]) : property,
    ]);
  const names = new Set(kept.map(([name]) => name));
  const required = schema['required'];
  return {
    ...schema,
    properties: Object.fromEntries(kept) as JsonObject,
    ...(Array.isArray(required) ? { required: required.filter((name) => names.has(name)) } : {}),
  };
}

/** Catalogs in the wild also say `"true"`; like the SDK, anything truthy selects, but not the text `"false"`. */
function isTruthy(value: JsonValue | undefined): boolean {
  return value === 'false' ? false : Boolean(value);
}
