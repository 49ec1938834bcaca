import type { ProjectChoice } from './project-choice.ts';
import type { Files } from './write-files.ts';

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** What the repository of any connector has. */
export function commonFiles(choice: ProjectChoice, sdkVersion: string): Files {
  const { name, label } = choice;
  return {
    'package.json': json({
      name,
      version: '0.1.0',
      description: `Singer ${choice.kind} for ${label}`,
      license: 'MIT',
      type: 'module',
      engines: { node: '>=22.19' },
      bin: { [name]: 'dist/main.js' },
      exports: { '.': { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` } },
      files: ['dist', 'definition.json'],
      scripts: {
        start: `meltano-sdk run src/${name}.ts`,
        test: 'node --test "test/*.test.ts"',
        build: 'tsc -p tsconfig.build.json && npm run definition',
        definition: `meltano-sdk definition src/${name}.ts > definition.json`,
        prepare: 'npm run build',
      },
      dependencies: { '@meltano/sdk': sdkVersion },
      devDependencies: { '@types/node': '^24.0.0', typescript: '^7.0.0' },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'es2024',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
        types: ['node'],
      },
      include: ['src', 'test'],
    }),
    'tsconfig.build.json': json({
      extends: './tsconfig.json',
      compilerOptions: {
        rootDir: 'src',
        outDir: 'dist',
        noEmit: false,
        declaration: true,
        allowImportingTsExtensions: false,
        rewriteRelativeImportExtensions: true,
      },
      include: ['src'],
    }),
    '.gitignore': 'node_modules/\ndist/\ndefinition.json\nconfig.json\nstate.json\ntokens.json\n.env\n',
    ...(choice.ci ? { '.github/workflows/ci.yml': workflow } : {}),
  };
}

const workflow = `name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with: { node-version: 24 }
      - run: npm ci
      - run: npx tsc
      - run: npm test
`;
