import { csvRows } from '../http/decode/csv-rows.ts';
import type { Decoder } from '../http/decode/decoder.ts';
import { gzipped } from '../http/decode/gzipped.ts';
import { jsonDocument } from '../http/decode/json-document.ts';
import { jsonLines } from '../http/decode/json-lines.ts';
import { textLines } from '../http/decode/text-lines.ts';
import type { DecodeManifest } from './manifest.ts';

/** How the answers of a stream are read. */
export function decoderOf(decode: DecodeManifest): Decoder {
  switch (decode.type) {
    case 'json':
      return jsonDocument(decode);
    case 'json_lines':
      return jsonLines(decode);
    case 'lines':
      return textLines(decode.as, decode.charset);
    case 'csv':
      return csvRows(decode);
    case 'gzip':
      return gzipped(decoderOf(decode.of));
  }
}
