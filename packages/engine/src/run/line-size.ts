import type { Workspace } from '../workspace/workspace.ts';

/** Meltano's own default, in bytes. */
const defaultBufferSize = 104_857_600;

/** The longest line that has to be decoded, from the setting `elt.buffer_size`. */
export function maxMessageBytes(workspace: Workspace): number {
  const value = Number(workspace.projectSetting('elt.buffer_size').value ?? defaultBufferSize);
  return Number.isFinite(value) && value > 0 ? value : defaultBufferSize;
}
