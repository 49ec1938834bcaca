import { dirname, resolve } from 'node:path';
import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { defineManifestTap } from '@meltano/sdk/low-code/manifest-tap';
import { checkedManifest, parseManifest, readManifest } from '@meltano/sdk/low-code/read-manifest';
import { restApiConfig } from './config.ts';
import { msdkManifest } from './msdk-manifest.ts';

export const tapRestApi = defineManifestTap({
  name: 'tap-rest-api',
  label: 'REST API',
  description: 'Any REST or GraphQL API, described by a manifest or by settings',
  version: '0.1.0',
  settingsGroups: [['manifest'], ['api_url']],
  definition: { keywords: ['api', 'native'] },
  // Those that its templates name.
  takesFurther: ({ manifest }) => manifest !== undefined && manifest !== null && manifest !== '',
  config: restApiConfig,
  manifest: manifestOf,
});

/** A manifest is a file, or the thing itself; without one the settings of tap-rest-api-msdk are taken for one. */
async function manifestOf(given: JsonObject) {
  const here = process.cwd();
  const { manifest } = given;
  const config = restApiConfig.parse(given);
  const options = { partial: config.leave_out_unsupported };
  if (isJsonObject(manifest))
    return { manifest: checkedManifest(manifest, 'manifest', options), folder: here };
  if (typeof manifest === 'string' && manifest.trim() !== '') {
    if (/^\s*\{|\n/.test(manifest))
      return { manifest: parseManifest(manifest, 'manifest', options), folder: here };
    const file = resolve(here, manifest);
    return { manifest: await readManifest(file, options), folder: dirname(file) };
  }
  return { manifest: checkedManifest(msdkManifest(config, given), 'the settings'), folder: here };
}
