import type {
  BlockDetails,
  PluginDetails,
  SelectionDetails,
  StateDetails,
  StreamDetails,
} from '@meltano/engine/describe-block';
import { isJsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import { renderTable } from '../render/table.ts';
import { cutEnd, cutMiddle } from '../render/text-width.ts';
import { originText, shownValue } from './setting-text.ts';

export interface DetailShape {
  readonly ellipsis: string;
  /** Of the terminal; undefined where there is none: then nothing is cut. */
  readonly width: number | undefined;
}

/** What `run --dry-run` says about one block below its name. */
export function planDetailLines(details: BlockDetails, shape: DetailShape): readonly string[] {
  const { state, selection, plugins } = details;
  const lines = [
    ...(state === undefined ? [] : section('state', stateLines(state, shape))),
    ...(selection === undefined ? [] : section('streams', selectionLines(selection))),
    ...plugins.flatMap((plugin) => section(nameOf(plugin), pluginLines(plugin, shape))),
  ].map((line) => `  ${line}`);
  return shape.width === undefined
    ? lines
    : lines.map((line) => cutEnd(line, shape.width ?? 0, shape.ellipsis));
}

function nameOf({ plugin }: PluginDetails): string {
  return plugin.mapping?.name ?? plugin.name;
}

function section(title: string, [first, ...rest]: readonly string[]): readonly string[] {
  return [`${title}: ${first ?? ''}`, ...rest.map((line) => `  ${line}`)];
}

function stateLines(state: StateDetails, { ellipsis, width }: DetailShape): readonly string[] {
  switch (state.kind) {
    case 'ignored':
      return ['not read (full refresh)'];
    case 'none':
      return ['none yet, everything is read'];
    case 'unreadable':
      return [`cannot be read: ${state.reason}`];
    case 'known': {
      const rows = Object.entries(state.bookmarks).map(([stream, bookmark]) => {
        const text = bookmarkText(bookmark);
        return [stream, width === undefined ? text : cutMiddle(text, 60, ellipsis)];
      });
      return [rows.length === 0 ? 'without bookmarks' : 'continues from', ...tableLines(rows)];
    }
  }
}

/** `updated_at 2026-11-26T08:59:58Z` where the bookmark has the form that most taps write. */
function bookmarkText(bookmark: JsonValue): string {
  if (!isJsonObject(bookmark)) return stringifyJson(bookmark);
  if (Object.keys(bookmark).length === 0) return 'no bookmark';
  const { replication_key: key, replication_key_value: value, ...others } = bookmark;
  if (typeof key !== 'string' || value === undefined || Object.keys(others).length > 0)
    return stringifyJson(bookmark);
  return `${key} ${typeof value === 'string' ? value : stringifyJson(value)}`;
}

function selectionLines(selection: SelectionDetails): readonly string[] {
  switch (selection.kind) {
    case 'unknown':
      return ['found out when the run starts; see them now with --refresh-catalog'];
    case 'unreadable':
      return [`cannot be told: ${selection.reason}`];
    case 'known':
      return [
        `${selection.streams.length} of ${selection.total} selected`,
        ...tableLines(
          selection.streams.map((stream) => [stream.stream, columnsText(stream), methodText(stream)]),
        ),
      ];
  }
}

function columnsText({ columns, allColumns }: StreamDetails): string {
  const noun = allColumns === 1 ? 'column' : 'columns';
  return columns === allColumns ? `${columns} ${noun}` : `${columns} of ${allColumns} ${noun}`;
}

const methods: Readonly<Record<string, string>> = {
  FULL_TABLE: 'full table',
  INCREMENTAL: 'incremental',
  LOG_BASED: 'log-based',
};

function methodText({ method, replicationKey }: StreamDetails): string {
  const name = method === undefined ? '' : (methods[method] ?? method);
  if (replicationKey === undefined) return name;
  return name === '' ? `by ${replicationKey}` : `${name} by ${replicationKey}`;
}

function pluginLines(
  { native, program, settings, problem }: PluginDetails,
  shape: DetailShape,
): readonly string[] {
  const start = native
    ? 'inside this program'
    : program === undefined
      ? 'not installed'
      : `starts ${program}`;
  if (problem !== undefined) return [start, `settings cannot be told: ${problem}`];
  return [start, ...tableLines(settings.map((setting) => settingCells(setting, shape)))];
}

function settingCells(setting: ResolvedSetting, { ellipsis, width }: DetailShape): readonly string[] {
  const { definition, origin, value } = setting;
  const shown = shownValue(setting, value, false);
  const place = origin?.place;
  const where = place === undefined ? '' : ` (${[place.file, place.line].filter(Boolean).join(':')})`;
  return [
    definition.name,
    width === undefined ? shown : cutMiddle(shown, 40, ellipsis),
    origin === undefined ? '' : `${originText(origin)}${where}`,
  ];
}

/** Aligned columns without a head. */
function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = (rows[0] ?? []).map(() => ({ title: '' }));
  return rows.length === 0 ? [] : renderTable(columns, rows).slice(1);
}
