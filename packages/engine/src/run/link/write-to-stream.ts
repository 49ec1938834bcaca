import type { Writable } from 'node:stream';

/** Writes, and resolves when the stream has taken it: true, or false when its reader is gone. */
export function writeToStream(stream: Writable, data: string | Uint8Array): Promise<boolean> {
  if (stream.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const onClose = () => resolve(false);
    stream.once('close', onClose);
    stream.write(data, (error) => {
      stream.removeListener('close', onClose);
      resolve(error === null || error === undefined);
    });
  });
}
