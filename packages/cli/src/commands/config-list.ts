import { type JsonValue, jsonEquals } from '@meltano/foundation/json';
import { expandValue, isOnlyReferences } from '@meltano/project/settings/expand';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { Style } from '../render/style.ts';
import { wrapText } from '../render/wrap-text.ts';
import type { ConfigTarget } from './config-target.ts';
import { originText, shownValue } from './setting-text.ts';

interface ListOptions {
  readonly extras?: boolean;
  readonly all?: boolean;
  readonly filter?: string;
  readonly unsafe?: boolean;
  /** Of the terminal; undefined where there is none: then nothing is wrapped. */
  readonly width?: number | undefined;
}

interface Section {
  readonly title: string | undefined;
  readonly settings: readonly ResolvedSetting[];
}

/** The text of `config list`. Source: meltano-cli §12.3. */
export function listSettings(target: ConfigTarget, options: ListOptions, style: Style): readonly string[] {
  const { width } = options;
  const lines = listLines(target, options, style);
  return width === undefined ? lines : lines.flatMap((line) => fitLine(line, width));
}

/** At a terminal what belongs to a setting stands below its name, indented. */
function fitLine(line: string, width: number): readonly string[] {
  return line.startsWith('\t')
    ? wrapText(`    ${line.slice(1)}`, { width, hang: 4 })
    : wrapText(line, { width, hang: 2 });
}

function listLines(target: ConfigTarget, options: ListOptions, style: Style): readonly string[] {
  const filter = options.filter?.trim().toLowerCase() ?? '';
  const matches = (setting: ResolvedSetting) => setting.definition.name.toLowerCase().includes(filter);
  const showAll = options.all === true || filter !== '';
  const sections = (options.extras ? extraSections(target, showAll) : settingSections(target, showAll))
    .map((section) => ({ ...section, settings: section.settings.filter(matches).sort(byName) }))
    .filter((section) => section.settings.length > 0);
  if (filter !== '' && sections.length === 0)
    return [style.yellow(`No settings match '${options.filter?.trim()}'.`)];
  const lines = options.extras ? [] : [...groupLines(target)];
  sections.forEach((section, index) => {
    if (index > 0) lines.push('');
    if (section.title !== undefined) lines.push(style.bold(section.title));
    for (const setting of section.settings) lines.push(...settingLines(target, setting, options, style));
  });
  const hidden = showAll ? 0 : optionalSettings(target, options.extras).length;
  if (hidden > 0)
    lines.push(
      ...(lines.length > 0 ? [''] : []),
      style.dim(`Optional settings with default values: ${hidden} hidden. Use --all to show all.`),
    );
  const docs = target.plugin?.docs;
  if (docs !== undefined)
    lines.push('', `To learn more about ${described(target)} and its settings, visit ${docs}`);
  return lines;
}

function described({ label }: ConfigTarget): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function byName(a: ResolvedSetting, b: ResolvedSetting): number {
  return a.definition.name < b.definition.name ? -1 : 1;
}

function isConfigured(setting: ResolvedSetting): boolean {
  return setting.origin !== undefined && setting.origin.store !== 'default';
}

function groupsOf(target: ConfigTarget): readonly (readonly string[])[] {
  return (target.plugin?.settingsGroupValidation ?? []).map((group) => group.toSorted());
}

function isRequired(target: ConfigTarget, setting: ResolvedSetting): boolean {
  return groupsOf(target).some((group) => group.includes(setting.definition.name));
}

function optionalSettings(target: ConfigTarget, extras = false): readonly ResolvedSetting[] {
  return (extras ? target.extras : target.settings).filter(
    (setting) => !setting.definition.custom && !isRequired(target, setting) && !isConfigured(setting),
  );
}

function settingSections(target: ConfigTarget, showAll: boolean): readonly Section[] {
  const declared = target.settings.filter((setting) => !setting.definition.custom);
  return [
    { title: 'Required:', settings: declared.filter((setting) => isRequired(target, setting)) },
    {
      title: 'Configured:',
      settings: declared.filter((setting) => !isRequired(target, setting) && isConfigured(setting)),
    },
    ...(showAll ? [{ title: 'Optional:', settings: optionalSettings(target) }] : []),
    {
      title: 'Custom, possibly unsupported by the plugin:',
      settings: target.settings.filter((setting) => setting.definition.custom),
    },
    {
      title: 'Custom extras, plugin-specific options handled by Meltano:',
      settings: target.extras.filter((setting) => setting.definition.custom),
    },
  ];
}

function extraSections(target: ConfigTarget, showAll: boolean): readonly Section[] {
  const declared = target.extras.filter((setting) => !setting.definition.custom);
  const configured = declared.filter(isConfigured);
  return [
    { title: 'Configured:', settings: configured },
    ...(showAll
      ? [
          {
            title: configured.length > 0 ? 'Optional:' : undefined,
            settings: optionalSettings(target, true),
          },
        ]
      : []),
    { title: 'Custom:', settings: target.extras.filter((setting) => setting.definition.custom) },
  ];
}

function groupLines(target: ConfigTarget): readonly string[] {
  const groups = groupsOf(target);
  const [first, ...others] = groups;
  if (first === undefined) return [];
  if (others.length === 0) return [`Required settings: ${first.join(', ')}`, ''];
  return [
    'Required settings groups:',
    ...groups.map((group, index) => `  Group ${index + 1}: ${group.join(', ')}`),
    '',
  ];
}

function settingLines(
  target: ConfigTarget,
  setting: ResolvedSetting,
  options: ListOptions,
  style: Style,
): readonly string[] {
  const { definition, origin } = setting;
  const unsafe = options.unsafe ?? false;
  const byDefault = origin === undefined || origin.store === 'default';
  const fallback =
    byDefault || definition.value === undefined
      ? ''
      : ` (default: ${shownValue(setting, definition.value, unsafe)})`;
  const label =
    origin === undefined || origin.store === 'default'
      ? 'default'
      : (inheritedLabel(setting) ?? originText(origin));
  const expanded = unexpandedText(setting, unsafe);
  const head =
    `${style.cyan(definition.name)}${requiredText(target, setting)} [env: ${target.variables(definition).join(', ')}]${fallback}` +
    ` current value: ${shownValue(setting, setting.value, unsafe)} (${label}${expanded})`;
  if (definition.description === undefined) return [head];
  return [
    head,
    `\t${definition.label === undefined ? '' : `${definition.label}: `}${definition.description}`,
  ];
}

function inheritedLabel({ origin }: ResolvedSetting): string | undefined {
  return origin?.store === 'inherited' ? `inherited from '${origin.parent?.plugin ?? ''}'` : undefined;
}

/** Of a secret only what names variables and no more, and only in the plugin's own entry. */
function unexpandedText(setting: ResolvedSetting, unsafe: boolean): string {
  const raw: JsonValue = setting.origin?.raw ?? null;
  const shows = unsafe || (isOnlyReferences(raw) && setting.origin?.store !== 'inherited');
  if (setting.definition.sensitive && !shows) return '';
  return refersToVariables(raw) && !jsonEquals(raw, setting.value)
    ? `: ${shownValue(setting, raw, unsafe || setting.definition.sensitive)}`
    : '';
}

function refersToVariables(raw: JsonValue): boolean {
  return !jsonEquals(expandValue(raw, { variables: {} }), raw);
}

function requiredText(target: ConfigTarget, setting: ResolvedSetting): string {
  const groups = groupsOf(target);
  if (groups.length < 2) return '';
  const numbers = groups.flatMap((group, index) =>
    group.includes(setting.definition.name) ? [index + 1] : [],
  );
  if (numbers.length === 0) return '';
  if (numbers.length === groups.length) return ' (required)';
  return ` (required by group${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')})`;
}
