import type {
  ResolvedSetting,
  SettingOrigin,
  SettingStore,
} from '@meltano/project/settings/resolved-setting';
import { settingStores } from '@meltano/project/settings/resolved-setting';
import type { Style } from '../render/style.ts';
import { renderTable, type TableShape } from '../render/table.ts';
import type { ConfigTarget } from './config-target.ts';
import { originText, shownValue, storeLabel } from './setting-text.ts';

export interface ExplainedSetting {
  readonly target: ConfigTarget;
  readonly setting: ResolvedSetting;
  /** Name of the active environment. */
  readonly environment: string | undefined;
  readonly unsafe: boolean;
}

/** Every place that could set a setting, strongest first: the one that wins, those it hides, and the empty ones. */
export function explainSetting(
  explained: ExplainedSetting,
  style: Style,
  shape: TableShape,
): readonly string[] {
  const rows = settingStores.flatMap((store) => rowsOf(store, explained));
  const columns = [{ title: '' }, { title: '', squeeze: 'wrap' }, { title: '', squeeze: 'wrap' }] as const;
  return rows.length === 0
    ? []
    : renderTable(
        columns,
        rows.map(({ mark, value, place }) =>
          mark === '' ? ['', style.dim(value), style.dim(place)] : [mark, value, place],
        ),
        shape,
      ).slice(1);
}

interface Row {
  /** Empty where nothing is set. */
  readonly mark: 'wins' | 'hidden' | '';
  readonly value: string;
  readonly place: string;
}

function rowsOf(store: SettingStore, explained: ExplainedSetting): readonly Row[] {
  const { origin, hides } = explained.setting;
  const found = [origin, ...hides].filter((each) => each?.store === store) as readonly SettingOrigin[];
  if (found.length > 0) return found.map((each) => setRow(each, explained));
  const place = emptyPlace(store, explained);
  return place === undefined ? [] : [{ mark: '', value: '-', place }];
}

function setRow(origin: SettingOrigin, { setting, unsafe }: ExplainedSetting): Row {
  const wins = origin === setting.origin;
  const { raw } = origin;
  const isExpanded = wins && raw !== setting.value && typeof raw === 'string' && raw.includes('$');
  return {
    mark: wins ? 'wins' : 'hidden',
    value: shownValue(setting, wins ? setting.value : raw, unsafe),
    place: `${placeText(origin)}${isExpanded ? `, expanded from ${shownValue(setting, raw, unsafe)}` : ''}`,
  };
}

/** Where nothing is set but could be; undefined for what cannot be set there. */
function emptyPlace(
  store: SettingStore,
  { target, setting, environment }: ExplainedSetting,
): string | undefined {
  const { plugin } = target;
  const variables = target.variables(setting.definition).join(' or ');
  switch (store) {
    case 'config_override':
      return undefined;
    case 'env':
    case 'dotenv':
      return `${variables} in ${storeLabel(store)}`;
    case 'meltano_environment':
      if (plugin === undefined) return undefined;
      return environment === undefined
        ? 'an environment in `meltano.yml`; none is active'
        : storeLabel(store);
    case 'inherited':
      return plugin?.parent === undefined ? undefined : `inherited from '${plugin.parent.name}'`;
    case 'meltano_yml':
    case 'db':
    case 'default':
      return storeLabel(store);
  }
}

function placeText(origin: SettingOrigin): string {
  const { place } = origin;
  const where =
    place === undefined
      ? ''
      : ` (${[place.file, place.line].filter((part) => part !== undefined).join(':')})`;
  const parent =
    origin.parent === undefined ? '' : ` of '${origin.parent.plugin}', ${originText(origin.parent.origin)}`;
  return `${originText(origin)}${parent}${where}`;
}
