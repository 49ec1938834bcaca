import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { configOf } from '../about/connector-about.ts';
import { settingText } from '../about/setting-text.ts';
import { settingVariable } from '../config/config-env.ts';
import { settingsSchema } from '../config/setting-definitions.ts';
import type { ConnectorAbout } from '../connector.ts';
import type { ProgramOptions } from './options.ts';

/** The version of the SDK, told by `--about` and `--version`. */
export const sdkVersion = '0.1.0';

/** What `--about` prints. JSON has the members of the Meltano SDK, in its order. */
export function renderAbout(about: ConnectorAbout, format: ProgramOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(aboutJson(about), undefined, 2)}\n`;
  return format === 'markdown' ? aboutMarkdown(about) : aboutText(about);
}

function aboutJson(about: ConnectorAbout): JsonObject {
  const config = configOf(about);
  return {
    name: about.name,
    description: about.description,
    version: about.version,
    sdk_version: sdkVersion,
    supported_python_versions: null,
    capabilities: about.capabilities,
    settings: config === undefined ? { type: 'object', properties: {} } : settingsSchema(config),
  };
}

function aboutText(about: ConnectorAbout): string {
  const lines = [
    `Name: ${about.name}`,
    `Description: ${about.description}`,
    `Version: ${about.version}`,
    `SDK Version: ${sdkVersion}`,
    `Capabilities: ${about.capabilities.join(', ')}`,
    'Settings:',
    ...about.settings.flatMap((setting) => {
      const name = settingText(setting, 'name');
      const line = `  ${name} (${settingText(setting, 'kind')}) ${settingVariable(about.name, name)}`;
      const description = settingText(setting, 'description');
      return description === '' ? [line] : [line, `      ${description}`];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function aboutMarkdown(about: ConnectorAbout): string {
  const config = configOf(about);
  const rows = about.settings.map((setting) => {
    const name = settingText(setting, 'name');
    const required = config?.settings[name]?.required === true;
    return `| ${name} | ${required ? 'True' : 'False'} | ${cell(setting['value'])} | ${cell(setting['description'])} |`;
  });
  return [
    `# \`${about.name}\``,
    '',
    about.description,
    '',
    '## Capabilities',
    '',
    ...about.capabilities.map((capability) => `* \`${capability}\``),
    '',
    '## Settings',
    '',
    '| Setting | Required | Default | Description |',
    '|:--------|:--------:|:-------:|:------------|',
    ...rows,
    '',
  ].join('\n');
}

function cell(value: JsonValue | undefined): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
