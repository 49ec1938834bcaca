import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, installOption, noInstallOption, onlyInstallOption } from './options.ts';

export function defineTest(program: Command, host: Host): void {
  program
    .command('test')
    .description("Run the tests of plugins: their commands whose name starts with 'test'.")
    .usage('[OPTIONS] [PLUGIN_TESTS]...')
    .argument('[plugin_tests...]', 'a plugin, or plugin:test')
    .option('--all', 'Run all tests of all plugins.')
    .addOption(installOption())
    .addOption(noInstallOption())
    .addOption(onlyInstallOption())
    .addOption(databaseUriOption())
    .action(async (names, options) => {
      const { testPlugins } = await import('./test-actions.ts');
      await testPlugins(host, names, options);
    });
}
