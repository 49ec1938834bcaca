import { setting } from '../config/setting.ts';

const patterns = { items: { type: 'string', minLength: 1 } } as const;

/** Settings that every SQL tap has. */
export const sqlTapSettings = {
  filter_schemas: setting.array(
    {
      label: 'Filter Schemas',
      description: 'Only these schemas are read, by name or pattern: ["sales", "crm_*"]. Default: all.',
    },
    patterns,
  ),
  exclude_schemas: setting.array(
    { label: 'Exclude Schemas', description: 'Schemas that are not read, by name or pattern.' },
    patterns,
  ),
  filter_tables: setting.array(
    {
      label: 'Filter Tables',
      description:
        'Only these tables and views are read, by name or pattern, with or without a schema: ["users", "sales.*", "*_v"]. Default: all.',
    },
    patterns,
  ),
  queries: setting.array(
    {
      label: 'Queries',
      description:
        'Streams made of queries: [{"name": "big_orders", "sql": "SELECT …", "keys": ["id"], "replication_key": "updated_at"}].',
    },
    {
      items: {
        type: 'object',
        required: ['name', 'sql'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', minLength: 1 },
          sql: { type: 'string', minLength: 1 },
          keys: { type: 'array', items: { type: 'string' } },
          replication_key: { type: 'string' },
        },
      },
    },
  ),
  start_date: setting.date({
    label: 'Start Date',
    description: 'Streams read incrementally by a time begin here, when they have no bookmark yet.',
  }),
  read_null_replication_keys: setting.boolean({
    label: 'Read NULL Replication Keys',
    description:
      'In every incremental run, also read the rows whose replication key is NULL. By default only a run without bookmark and start date reads them.',
    default: false,
  }),
  use_singer_decimal: setting.boolean({
    label: 'Use Singer Decimals',
    description:
      'Send exact decimals as texts with the format singer.decimal, for targets that read numbers as doubles.',
    default: false,
  }),
  dates_as_string: setting.boolean({
    label: 'Dates as String',
    description:
      'Send dates and times as texts without a format, for columns that hold infinity or years beyond 9999, which no date of a target may be.',
    default: false,
  }),
  emit_activate_version_messages: setting.boolean({
    label: 'Emit ACTIVATE_VERSION',
    description:
      'Say when a table was read whole, so that the target can remove the rows that are gone from it.',
    default: false,
  }),
} as const;

/** An element of the setting `queries`. */
export interface CustomQuery {
  readonly name: string;
  readonly sql: string;
  readonly keys?: readonly string[];
  readonly replication_key?: string;
}
