import type { JsonObject } from '@meltano/foundation/json';
import { isJsonObject } from '@meltano/foundation/json';
import type { RecordsItem } from '../connector.ts';

const time = { type: ['string', 'null'], format: 'date-time' };
const whole = { type: ['integer', 'null'] };

/** The properties of the Meltano SDK's record metadata. */
const metadataProperties: JsonObject = {
  _sdc_extracted_at: time,
  _sdc_received_at: time,
  _sdc_batched_at: time,
  _sdc_deleted_at: time,
  _sdc_sequence: whole,
  _sdc_table_version: whole,
  _sdc_sync_started_at: whole,
};

/** The schema with the metadata properties; those that the stream has already stay its own (Singer rule 76). */
export function schemaWithMetadata(schema: JsonObject): JsonObject {
  const own = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return { ...schema, properties: { ...metadataProperties, ...own } };
}

/** Records with metadata after their own members, which win. Times are milliseconds since the epoch. */
export function recordsWithMetadata(
  item: RecordsItem,
  records: readonly JsonObject[],
  { now, startedAt }: { readonly now: number; readonly startedAt: number },
): readonly JsonObject[] {
  const at = new Date(now).toISOString();
  const metadata: JsonObject = {
    _sdc_extracted_at: item.timeExtracted ?? null,
    _sdc_received_at: at,
    _sdc_batched_at: at,
    _sdc_deleted_at: null,
    _sdc_sequence: now,
    _sdc_table_version: item.version ?? null,
    _sdc_sync_started_at: startedAt,
  };
  return records.map((record) => ({ ...record, ...withoutOwn(metadata, record) }));
}

function withoutOwn(metadata: JsonObject, record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !Object.hasOwn(record, name)));
}
