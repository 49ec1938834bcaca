import type {
  BlockDetails,
  PluginDetails,
  SelectionDetails,
  StateDetails,
  StreamDetails,
} from '@meltano/engine/describe-block';
import { isJsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import { type Column, renderTable } from '../render/table.ts';
import { wrapText } from '../render/wrap-text.ts';
import { originText, shownValue } from './setting-text.ts';

export interface DetailShape {
  readonly ellipsis: string;
  /** Of the terminal; undefined where there is none: then nothing is cut. */
  readonly width: number | undefined;
}

/** What `run --dry-run` says about one block below its name. */
export function planDetailLines(details: BlockDetails, shape: DetailShape): readonly string[] {
  const { state, selection, plugins } = details;
  return [
    ...(state === undefined ? [] : section('state', stateLines(state, shape), shape)),
    ...(selection === undefined ? [] : section('streams', selectionLines(selection, shape), shape)),
    ...plugins.flatMap((plugin) => section(nameOf(plugin), pluginLines(plugin, shape), shape)),
  ];
}

function nameOf({ plugin }: PluginDetails): string {
  return plugin.mapping?.name ?? plugin.name;
}

function section(
  title: string,
  [first, ...rest]: readonly string[],
  { width }: DetailShape,
): readonly string[] {
  return [
    ...wrapText(`  ${title}: ${first ?? ''}`, { width, hang: 6 }),
    ...rest.map((line) => `${indent}${line}`),
  ];
}

const indent = '    ';

function stateLines(state: StateDetails, shape: DetailShape): readonly string[] {
  switch (state.kind) {
    case 'ignored':
      return ['not read (full refresh)'];
    case 'none':
      return ['none yet, everything is read'];
    case 'unreadable':
      return [`cannot be read: ${state.reason}`];
    case 'known': {
      const rows = Object.entries(state.bookmarks).map(([stream, bookmark]) => [
        stream,
        bookmarkText(bookmark),
      ]);
      const head = rows.length === 0 ? 'without bookmarks' : 'continues from';
      return [head, ...tableLines(rows, ['middle', 'middle'], shape)];
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

function selectionLines(selection: SelectionDetails, shape: DetailShape): readonly string[] {
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
          ['middle', undefined, 'wrap'],
          shape,
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
  return [start, ...tableLines(settings.map(settingCells), ['middle', 'middle', 'wrap'], shape)];
}

function settingCells(setting: ResolvedSetting): readonly string[] {
  const { definition, origin, value } = setting;
  const place = origin?.place;
  const where = place === undefined ? '' : ` (${[place.file, place.line].filter(Boolean).join(':')})`;
  return [
    definition.name,
    shownValue(setting, value, false),
    origin === undefined ? '' : `${originText(origin)}${where}`,
  ];
}

/** Aligned columns without a head, each squeezed in its own way where they do not fit. */
function tableLines(
  rows: readonly (readonly string[])[],
  squeezes: readonly Column['squeeze'][],
  { width, ellipsis }: DetailShape,
): readonly string[] {
  if (rows.length === 0) return [];
  const columns = squeezes.map((squeeze) => ({ title: '', ...(squeeze === undefined ? {} : { squeeze }) }));
  const room = width === undefined ? undefined : width - indent.length;
  return renderTable(columns, rows, { width: room, ellipsis }).slice(1);
}
