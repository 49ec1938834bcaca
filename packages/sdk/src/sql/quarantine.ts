import { createHash } from 'node:crypto';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { RecordsItem, SchemaItem } from '../connector.ts';
import type { StreamWriter } from './stream-writer.ts';

/** A record that is put aside, and why. */
export interface QuarantinedRecord {
  readonly stream: string;
  readonly record: JsonObject;
  readonly reason: string;
}

/** The table of a schema that holds records put aside; it has no stream of its own. */
export const quarantineTable = '_sdc_quarantine';

/** One table per schema, made at the first record that is put aside. A record with the same reason is kept once. */
export interface Quarantine {
  readonly writers: Iterable<StreamWriter>;
  put(schema: string, records: readonly QuarantinedRecord[]): Promise<StreamWriter>;
}

export function createQuarantine(open: (schema: string) => StreamWriter, now: () => number): Quarantine {
  const writers = new Map<string, StreamWriter>();
  const writerOf = async (schema: string) => {
    const known = writers.get(schema);
    if (known !== undefined) return known;
    const writer = open(schema);
    await writer.applySchema(quarantineSchema);
    writers.set(schema, writer);
    return writer;
  };
  return {
    get writers() {
      return writers.values();
    },
    async put(schema, records) {
      const writer = await writerOf(schema);
      await writer.write(itemOf(records, new Date(now()).toISOString()));
      return writer;
    },
  };
}

const text = { type: 'string' } as const;

const quarantineSchema: SchemaItem = {
  kind: 'schema',
  stream: quarantineTable,
  schema: {
    properties: {
      _sdc_id: text,
      _sdc_stream: text,
      _sdc_record: { type: 'object' },
      _sdc_reason: text,
      _sdc_quarantined_at: { type: 'string', format: 'date-time' },
    },
  },
  keyProperties: ['_sdc_id'],
};

function itemOf(records: readonly QuarantinedRecord[], at: string): RecordsItem {
  return {
    kind: 'records',
    stream: quarantineTable,
    records: records.map(({ stream, record, reason }) => ({
      _sdc_id: createHash('sha256')
        .update(stringifyJson([stream, record, reason]))
        .digest('hex'),
      _sdc_stream: stream,
      _sdc_record: record,
      _sdc_reason: reason,
      _sdc_quarantined_at: at,
    })),
    bytes: 0,
  };
}
