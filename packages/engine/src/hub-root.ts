import { resolve } from 'node:path';
import type { Workspace } from './workspace/workspace.ts';

/** Where the Hub's API is: `hub_api_root`, or its usual place below `hub_url`; a folder is relative to the project. */
export function hubRoot(workspace: Workspace): string {
  const root = workspace.projectSetting('hub_api_root').value;
  if (typeof root === 'string' && root !== '') return address(root, workspace.root);
  const url = String(workspace.projectSetting('hub_url').value ?? '');
  return address(`${url.replace(/\/+$/, '')}/meltano/api/v1`, workspace.root);
}

function address(text: string, folder: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : resolve(folder, text);
}
