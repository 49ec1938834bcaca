import { readFileSync } from 'node:fs';
import { errorMessage } from '@meltano/foundation/errors';
import { systemError } from './errors.ts';

/** A certificate or key that the address names. */
export function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw systemError('cannot_connect', {
      message: `The certificate file ${file} that database_uri names cannot be read: ${errorMessage(cause)}`,
      hint: 'Correct the path in database_uri',
      cause,
    });
  }
}
