import type { FileFormat } from '@meltano/sdk/file/file-format';
import { columnSchema } from '@meltano/sdk/parquet/column-schema';
import { openParquet } from '@meltano/sdk/parquet/parquet-file';

/** Columns as their file describes them; only those that are wanted are read, a part of a row group at a time. */
export const parquetFormat: FileFormat<unknown> = {
  isBinary: true,
  exact: true,
  async properties(file) {
    const opened = await file.open();
    try {
      const { columns } = await openParquet(opened, file.name);
      return Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)]));
    } finally {
      await opened.close();
    }
  },
  async *read(file, entry, { properties, log }) {
    const opened = await file.open();
    let notNumbers = 0;
    try {
      const parquet = await openParquet(opened, file.name);
      for await (const rows of parquet.read({ properties })) {
        notNumbers += rows.notNumbers;
        yield { records: rows.records, lines: rows.records.map((_, at) => rows.firstRow + at) };
      }
    } finally {
      await opened.close();
    }
    if (notNumbers === 0) return;
    const [values, were] = notNumbers === 1 ? ['value', 'was'] : ['values', 'were'];
    const message = `${file.name}: ${notNumbers} ${values} of stream ${entry.entity} ${were} NaN or Infinity, which JSON does not have, and ${were} read as null`;
    log.log('warning', message, { file: file.name, count: notNumbers });
  },
};
