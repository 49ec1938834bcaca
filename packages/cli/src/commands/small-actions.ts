import { spawn } from 'node:child_process';
import { pluginTypes, pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { matchesGlob } from '@meltano/singer/glob';
import { cliError } from '../errors.ts';
import { wantsColour, widthOf } from '../globals.ts';
import type { Host } from '../host.ts';
import { createStyle } from '../render/style.ts';
import { type Column, renderTable, type TableShape } from '../render/table.ts';
import { wrapText } from '../render/wrap-text.ts';
import type { Session } from '../session.ts';
import { givenPluginType } from './given-plugin-type.ts';

interface DatabaseChoice {
  readonly databaseUri?: string;
}

const docsUrl = 'https://docs.meltano.com/';

/** `meltano docs`. A machine without a browser is no failure. */
export async function openDocs(host: Host): Promise<void> {
  const { stdout } = host.terminal;
  for (const text of [
    `Opening the docs of Meltano, whose projects and commands these are: ${docsUrl}`,
    'What this program does of its own: meltano --help, and docs/ in its repository',
  ])
    host.writeOut(`${wrapText(text, { width: widthOf(stdout) }).join('\n')}\n`);
  const programs: Readonly<Record<string, readonly string[]>> = {
    darwin: ['open', docsUrl],
    win32: ['cmd', '/c', 'start', docsUrl],
  };
  const [program = '', ...args] = programs[process.platform] ?? ['xdg-open', docsUrl];
  await new Promise<void>((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve());
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

const dragon = String.raw`
        __        _
      _/  \    _(\(o
     /     \  /  _  ^^^o
    /   !   \/  ! '!!!v'
   !  !  \ _' ( \____
   ! . \ _!\   \===^\)
    \ \_!  / __!
     \!   /    \
   (\_      _/   _\ )
    \ ^^--^^ __-^ /(__
     ^^----^^    "^--v'
`;

/** `meltano dragon`. */
export async function drawDragon(host: Host): Promise<void> {
  const { green } = createStyle(wantsColour(host.terminal.stdout, host.terminal.env));
  host.writeOut(`${green(dragon)}\n`);
}

/** `meltano hub ping`. */
export async function pingHub(host: Host, options: DatabaseChoice): Promise<void> {
  const session = await host.open({ command: 'hub', environment: 'default', ...options });
  const hub = await session.engine.hub();
  if (!(await hub.ping())) {
    throw cliError('hub_unreachable', {
      message: `Failed to connect to the Hub at '${hub.root}'`,
      hint: 'check the network and the settings hub_url, hub_api_root and hub_url_auth',
    });
  }
  session.print(session.outStyle.green(`Successfully connected to the Hub at '${hub.root}'`));
}

interface ListOptions extends DatabaseChoice {
  readonly pluginType?: string;
  readonly format: string;
}

/** `meltano hub list`. */
export async function listHub(host: Host, pattern: string | undefined, options: ListOptions): Promise<void> {
  const session = await host.open({ command: 'hub', environment: 'default', ...options });
  const hub = await session.engine.hub();
  const given = givenPluginType(options.pluginType);
  const types = given === undefined ? pluginTypes : [given];
  const rows: { type: string; name: string; default_variant: string | null; variants: readonly string[] }[] =
    [];
  for (const type of types) {
    const index = await hub.index(type);
    if (index.source === 'bundled' && type === types[0]) {
      session.log.log('warning', 'The Hub was not reached: only what travels with this program is listed');
    }
    for (const [name, entry] of index.entries) {
      if (pattern !== undefined && !matchesGlob(name, pattern) && !name.includes(pattern)) continue;
      rows.push({
        type,
        name,
        default_variant: entry.defaultVariant ?? null,
        variants: [...entry.variants.keys()],
      });
    }
  }
  if (options.format === 'json') {
    session.print(JSON.stringify(rows, null, 2));
    return;
  }
  const columns: readonly Column[] = [
    { title: 'type' },
    { title: 'name', squeeze: 'middle' },
    { title: 'default variant', squeeze: 'middle' },
    { title: 'variants', squeeze: 'wrap' },
  ];
  const cells = rows.map((row) => [row.type, row.name, row.default_variant ?? '', row.variants.join(', ')]);
  for (const line of renderTable(columns, cells, shapeOf(session))) session.print(line);
}

function shapeOf({ outWidth: width, glyphs }: Session): TableShape {
  return { width, ellipsis: glyphs.ellipsis };
}

/** `meltano plugin list`. */
export async function listPlugins(host: Host, options: ListOptions): Promise<void> {
  const session = await host.open({ command: 'plugin', environment: 'default', ...options });
  const plugins = await session.workspace.plugins();
  if (options.format === 'json') {
    session.print(JSON.stringify(plugins.map(pluginJson), null, 2));
    return;
  }
  if (plugins.length === 0)
    session.print('The project has no plugins yet. Add one with: meltano add tap-csv');
  const columns: readonly Column[] = [
    { title: 'type' },
    { title: 'name', squeeze: 'middle' },
    { title: 'variant', squeeze: 'middle' },
    { title: 'from', squeeze: 'middle' },
  ];
  const cells = plugins.map((plugin) => [
    pluginTypeWords[plugin.type].descriptor,
    plugin.name,
    plugin.variant ?? '',
    plugin.npmPackage ?? plugin.pipUrl ?? plugin.executable,
  ]);
  if (plugins.length === 0) return;
  for (const line of renderTable(columns, cells, shapeOf(session))) session.print(line);
}

/** The shape is Meltano's; lock files of this program do not go out of date, so no update is ever due. */
function pluginJson({ type, name, variant, kind, parent, pipUrl, npmPackage }: ResolvedPlugin) {
  return {
    type: pluginTypeWords[type].descriptor,
    name,
    variant: variant ?? 'default',
    inherit_from: parent?.name ?? null,
    custom: kind === 'custom',
    update: false,
    pip_url: pipUrl ?? null,
    npm_package: npmPackage ?? null,
  };
}

/** `meltano cloud …`: the commercial service of Meltano's makers, which is not part of this program. */
export async function refuseCloud(_host: Host): Promise<void> {
  throw cliError('not_available', {
    message: 'Meltano Cloud is a service of its vendor and not part of this program',
    hint: 'meltano --help shows what is',
  });
}
