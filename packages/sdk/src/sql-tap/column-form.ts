import { isJsonArray, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { nullable } from '../mapper/nullable.ts';
import type { SourceColumn } from './sql-source.ts';

export interface FormOptions {
  readonly decimalsAsText: boolean;
  readonly datesAsText: boolean;
}

/** How a column's values are sent, as the settings want it. */
export interface ColumnForm {
  /** The property's schema, with null where the column has it. */
  readonly schema: JsonObject;
  /** Absent where values are sent as they are read. */
  readonly convert?: (value: JsonValue) => JsonValue;
}

export function columnForm(column: SourceColumn, options: FormOptions): ColumnForm {
  const { schema } = column;
  const orNull = (given: JsonObject) => (column.nullable ? withNull(given) : given);
  if (options.decimalsAsText && schema['precision'] !== undefined) {
    const { precision = null, scale = null } = schema;
    return {
      schema: orNull({ type: ['string'], format: 'singer.decimal', precision, scale }),
      convert: (value) => (value === null ? null : String(value)),
    };
  }
  if (options.datesAsText && ['date', 'time', 'date-time'].includes(String(schema['format']))) {
    const { format: _, ...rest } = schema;
    return { schema: orNull(rest) };
  }
  return { schema: orNull(schema) };
}

/** A schema that admits null as well; one without type admits it anyway. */
export function withNull(schema: JsonObject): JsonObject {
  const { enum: constants } = schema;
  return {
    ...nullable(schema),
    ...(isJsonArray(constants) ? { enum: [...constants, null] } : {}),
  };
}
