import type { JsonObject, JsonValue } from '@meltano/foundation/json';

export const settingKinds = [
  'string',
  'integer',
  'boolean',
  'decimal',
  'date_iso8601',
  'email',
  'password',
  'oauth',
  'options',
  'file',
  'array',
  'object',
  'hidden',
] as const;
export type SettingKind = (typeof settingKinds)[number];

/** A setting as a plugin definition, a project file or Meltano's own list declares it. */
export interface SettingDefinition {
  /** `.` nests, `\.` is a literal dot; extras begin with `_`. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** A further variable that the value is exported to; never read. */
  readonly env: string | undefined;
  /** Further variables that are read; `!NAME` is a negated boolean. */
  readonly envAliases: readonly string[];
  readonly kind: SettingKind | undefined;
  /** The default, as written; may hold references to variables. */
  readonly value: JsonValue | undefined;
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly documentation: string | undefined;
  readonly placeholder: string | undefined;
  readonly options: readonly { readonly label: string; readonly value: JsonValue }[];
  readonly sensitive: boolean;
  readonly hidden: boolean;
  readonly envSpecific: boolean;
  readonly valueProcessor: string | undefined;
  readonly valuePostProcessor: string | undefined;
  /** Not declared anywhere: inferred from a configured key. */
  readonly custom: boolean;
  /** All members as they were written, unknown ones too. */
  readonly written: JsonObject;
}
