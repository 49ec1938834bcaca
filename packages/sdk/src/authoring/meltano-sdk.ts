import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { hostConnector } from '../host/host-connector.ts';
import type { AuthoringWorld } from './authoring-world.ts';
import { authoringError } from './errors.ts';
import { loadConnector } from './load-connector.ts';

const usage = `Usage: meltano-sdk COMMAND …

Commands:
  create tap|target|mapper [NAME]   make the repository of a new connector
  run FILE …                        run the connector of a file, with the options of a Singer program
  dev FILE                          run a tap again on every save, and show what changes
  test FILE                         run the standard suite against a tap
  probe URL                         propose a stream for an address
  from-openapi FILE|URL             make a tap of an OpenAPI document
  convert MANIFEST                  turn a manifest of Airbyte into one of the low-code format
  definition FILE                   print the plugin definition of a connector or a manifest, for meltano add --from-ref
  practice-api [--port N]           start a small API on this machine to learn with

FILE is a module that exports the connector, or a low-code manifest (YAML or JSON). meltano-sdk COMMAND --help says more.
`;

const createUsage = `Usage: meltano-sdk create tap|target|mapper [NAME] [options]

Makes the repository of a connector; it passes its tests at once. meltano-sdk create tap --help lists the options.
`;

type Command = (args: readonly string[], world: AuthoringWorld) => Promise<void>;

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  create: async () => {
    const { createConnector } = await import('./create/create-command.ts');
    return async ([kind = '--help', ...args], world) => {
      if (kind === '--help' || kind === '-h') return world.print(createUsage);
      if (kind === 'tap' || kind === 'target' || kind === 'mapper') return createConnector(kind, args, world);
      throw authoringError('usage', {
        message: `"${kind}" is nothing that can be made`,
        hint: 'create tap, target or mapper',
      });
    };
  },
  run: async () => run,
  dev: async () => (await import('./dev/dev-command.ts')).dev,
  test: async () => (await import('./test-command.ts')).testConnector,
  probe: async () => (await import('./probe/probe-command.ts')).probe,
  'from-openapi': async () => (await import('./openapi/from-openapi-command.ts')).fromOpenapi,
  convert: async () => (await import('./convert-command.ts')).convert,
  definition: async () => (await import('./definition-command.ts')).definition,
  'practice-api': async () => practiceApi,
};

/** Does what the command line says; returns the exit code and never throws. */
export async function runMeltanoSdk(args: readonly string[], world: AuthoringWorld): Promise<number> {
  const [name = '--help', ...rest] = args;
  try {
    if (name === '--help' || name === '-h') world.print(usage);
    else if (name === '--version') world.print(`meltano-sdk ${world.sdkVersion}`);
    else {
      const load = commands[name];
      if (load === undefined) {
        throw authoringError('usage', {
          message: `There is no command "${name}"`,
          hint: 'see meltano-sdk --help',
        });
      }
      await (await load())(rest, world);
    }
    return 0;
  } catch (error) {
    if (world.signal.aborted) return 130;
    world.stderr.write(`Error: ${errorMessage(error)}\n`);
    if (isAppError(error) && error.hint !== undefined) world.stderr.write(`  fix: ${error.hint}\n`);
    return isAppError(error) && error.category === 'usage' ? 2 : 1;
  }
}

/** The connector reads the rest of the command line itself, and ends the process. */
async function run([file, ...args]: readonly string[], world: AuthoringWorld): Promise<void> {
  if (file === undefined || file === '--help') {
    return world.print('Usage: meltano-sdk run FILE [options of the connector; try --help after the file]');
  }
  const connector = await loadConnector(file, world.cwd);
  process.argv.splice(2, process.argv.length, ...args);
  await hostConnector(connector);
}

async function practiceApi(args: readonly string[], world: AuthoringWorld): Promise<void> {
  const { practiceToken, startPracticeApi } = await import('./practice-api.ts');
  const at = args.indexOf('--port');
  const port = Number(at < 0 ? 8_642 : args[at + 1]);
  if (args.includes('--help') || !Number.isInteger(port) || port < 0 || port > 65_535)
    return world.print('Usage: meltano-sdk practice-api [--port N]    (default 8642)');
  const api = await startPracticeApi(port).catch((cause: unknown) => {
    throw authoringError('unreachable', {
      message: `Port ${port} cannot be used: ${errorMessage(cause)}`,
      hint: 'give another with --port',
    });
  });
  world.print(
    `${api.url}/customers — send the header "authorization: Bearer ${practiceToken}". Ctrl-C ends.`,
  );
  await new Promise((done) => world.signal.addEventListener('abort', done, { once: true }));
  await api.close();
}
