import { knownCatalog } from '@meltano/engine/catalog/known-catalog';
import { catalogRules } from '@meltano/engine/catalog/prepare-catalog';
import type { JsonValue } from '@meltano/foundation/json';
import { isJsonArray } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Catalog } from '@meltano/singer/catalog';
import { type ListedStream, listSelection, type SelectionStatus } from '@meltano/singer/selection';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { autoInstall } from './auto-install.ts';
import type { InstallChoice } from './options.ts';
import { type SelectionPattern, unmatchedPattern } from './unmatched-pattern.ts';

interface SelectOptions extends InstallChoice {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly format?: string;
  readonly all?: boolean;
  readonly refreshCatalog?: boolean;
  readonly exclude?: boolean;
  readonly remove?: boolean;
  readonly clear?: boolean;
  readonly databaseUri?: string;
}

interface Filters {
  readonly streams: string | undefined;
  readonly properties: string | undefined;
}

/** `meltano select`. */
export async function selectEntities(
  host: Host,
  name: string,
  filters: Filters,
  options: SelectOptions,
): Promise<void> {
  const session = await host.open({ command: 'select', environment: 'explicit', ...options });
  const extractor = await session.workspace.findPlugin(name, 'extractors');
  if (options.clear) return writePatterns(session, extractor, undefined);
  if (options.list || options.json || options.format !== undefined) {
    if (!(await autoInstall(session, [extractor], options))) return;
    return listEntities(session, extractor, options);
  }
  const pattern = `${options.exclude ? '!' : ''}${filters.streams ?? '*'}.${filters.properties ?? '*'}`;
  const written = writtenPatterns(session, extractor);
  if (!options.remove) {
    if (written.includes(pattern)) session.log.log('info', `The pattern '${pattern}' is there already`);
    else await writePatterns(session, extractor, [...written, pattern]);
    return warnIfUnmatched(session, extractor, filters);
  }
  if (!written.includes(pattern)) {
    throw cliError('no_pattern', {
      message: `The pattern '${pattern}' is not among the patterns of extractor '${name}'`,
      hint: written.length === 0 ? 'it has none: its default is *.*' : `it has: ${written.join(', ')}`,
    });
  }
  await writePatterns(
    session,
    extractor,
    written.filter((each) => each !== pattern),
  );
}

/** A pattern may be written before there is anything that it matches; where a catalog is known it is compared. */
async function warnIfUnmatched(
  { workspace, log }: Session,
  extractor: ResolvedPlugin,
  { streams = '*', properties = '*' }: Filters,
): Promise<void> {
  const { extras } = await workspace.pluginSettings(extractor);
  const custom = extras.find(({ definition }) => definition.name === '_catalog')?.value;
  const reason = unmatchedIn(() => knownCatalog(workspace, extractor, custom), {
    stream: streams,
    property: properties,
  });
  if (reason !== undefined)
    log.log(
      'warning',
      `The pattern matches nothing that '${extractor.name}' had when it was last asked: ${reason}`,
    );
}

/** A catalog that cannot be read is told about when it is needed. */
function unmatchedIn(read: () => Catalog | undefined, pattern: SelectionPattern): string | undefined {
  try {
    const catalog = read();
    return catalog === undefined ? undefined : unmatchedPattern(catalog, pattern);
  } catch {
    return undefined;
  }
}

/** The patterns at the place that is written to; the default of the extra is not among them. */
function writtenPatterns({ workspace }: Session, extractor: ResolvedPlugin): readonly string[] {
  const environment = workspace.project.environments
    .find((each) => each.name === workspace.environment)
    ?.plugins.find((each) => each.type === 'extractors' && each.name === extractor.name);
  const extras = workspace.environment === undefined ? extractor.written.extras : environment?.extras;
  const select: JsonValue | undefined = extras?.['select'];
  return isJsonArray(select) ? select.filter((each): each is string => typeof each === 'string') : [];
}

async function writePatterns(
  session: Session,
  extractor: ResolvedPlugin,
  patterns: readonly string[] | undefined,
): Promise<void> {
  const { type, name } = extractor;
  const { environment } = session.workspace;
  const target =
    environment === undefined
      ? ({ kind: 'plugin', type, name } as const)
      : ({ kind: 'environment-plugin', environment, type, name } as const);
  const path = ['select'];
  const change =
    patterns === undefined || patterns.length === 0
      ? ({ kind: 'unset', target, path } as const)
      : ({ kind: 'set', target, path, value: patterns } as const);
  await session.engine.edit([change]);
}

interface Row {
  readonly stream: string;
  readonly property: string;
  readonly selection: SelectionStatus;
}

async function listEntities(
  session: Session,
  extractor: ResolvedPlugin,
  options: SelectOptions,
): Promise<void> {
  const catalog = await session.engine.discover(extractor, { refresh: options.refreshCatalog ?? false });
  const { extras } = await session.workspace.preparePlugin(extractor);
  const patterns = catalogRules(extras).select;
  const rows = listSelection(catalog)
    .flatMap(rowsOf)
    .filter((row) => options.all || row.selection === 'selected' || row.selection === 'automatic')
    .sort((a, b) => compare(a.stream, b.stream) || compare(a.property, b.property));
  if (options.json || options.format === 'json') {
    session.print(JSON.stringify({ enabled_patterns: patterns, streams: rows }, null, 2));
    return;
  }
  const { outStyle } = session;
  const paint: Readonly<Record<SelectionStatus, (text: string) => string>> = {
    selected: outStyle.green,
    automatic: outStyle.yellow,
    excluded: outStyle.red,
    unsupported: outStyle.dim,
  };
  session.print('Legend:');
  for (const status of ['selected', 'excluded', 'automatic', 'unsupported'] as const)
    session.print(`\t${paint[status](status)}`);
  session.print('\nEnabled patterns:');
  for (const pattern of patterns) session.print(`\t${pattern}`);
  session.print('\nSelected properties:');
  for (const row of rows)
    session.print(`\t[${paint[row.selection](row.selection.padEnd(11))}] ${row.stream}.${row.property}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a property comes to together with its stream: excluded beats automatic beats unsupported beats selected. */
const strength: readonly SelectionStatus[] = ['excluded', 'automatic', 'unsupported', 'selected'];

function rowsOf({ stream, status, properties }: ListedStream): readonly Row[] {
  return properties.map(({ name, status: own }) => ({
    stream,
    property: name,
    selection: strength.find((each) => each === status || each === own) ?? own,
  }));
}
