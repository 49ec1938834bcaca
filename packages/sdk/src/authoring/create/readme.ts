import type { ProjectChoice } from './project-choice.ts';

/** The first page of a connector's repository; `use` is what is to be said further on using it in a project. */
export function readme(choice: ProjectChoice, settings: readonly string[], use = ''): string {
  const { name, label, kind } = choice;
  const direction = { tap: 'reads', target: 'loads into', mapper: 'maps with' }[kind];
  const plugin = { tap: 'extractor', target: 'loader', mapper: 'mapper' }[kind];
  return `# ${name}

A Singer ${kind} that ${direction} ${label}, made with the [Meltano SDK for TypeScript](https://www.npmjs.com/package/@meltano/sdk).

## Work on it

\`\`\`sh
npm install
npm test
\`\`\`

Needs Node.js 22.19 or newer. The connector is \`src/${name}.ts\`; it runs without a build:

\`\`\`sh
node src/main.ts --about
${
  kind === 'tap'
    ? `cp config.example.json config.json
node src/main.ts --config config.json --discover > catalog.json
node src/main.ts --config config.json --test`
    : `node src/main.ts --config config.json < messages.jsonl`
}
\`\`\`

## Settings

${settings.length === 0 ? '' : `Needed: ${settings.map((each) => `\`${each}\``).join(', ')}. `}\`node src/main.ts --about --format markdown\` lists all of them with their environment variables.

## Use it in a Meltano project

\`\`\`sh
npm install ${name}        # in the project's folder; or the path of this repository
meltano add --plugin-type ${plugin} ${name} --from-ref node_modules/${name}/definition.json
\`\`\`
${use}
\`npm run build\` writes \`definition.json\` anew from the settings in the code.
`;
}
