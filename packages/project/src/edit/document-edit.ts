import type { JsonValue } from '@meltano/foundation/json';
import type { EditPath } from './edit-value.ts';

/**
 * A change of a project file. In a path, text is the key of a mapping, a number a position in a list, and
 * `{name}` the list item of that name.
 */
export type DocumentEdit =
  /** Missing mappings on the way are made. Members that are equal already keep their spelling. */
  | { readonly kind: 'set'; readonly path: EditPath; readonly value: JsonValue }
  /** Nothing happens when there is nothing there. Mappings and lists above it that become empty go too, down to a path of `keep` parts. */
  | { readonly kind: 'remove'; readonly path: EditPath; readonly keep?: number }
  /** Adds to the end of a list, which is made when it is missing. */
  | { readonly kind: 'append'; readonly path: EditPath; readonly value: JsonValue };
