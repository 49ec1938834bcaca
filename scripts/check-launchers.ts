// The launcher is one file in many places: all copies must be equal and executable.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const model = resolve(root, 'packages/cli/bin/meltano');
const copies = readdirSync(resolve(root, 'connectors')).flatMap((name) => {
  const folder = resolve(root, 'connectors', name, 'bin');
  return readdirSync(folder).map((file) => resolve(folder, file));
});
const wrong = [model, ...copies].filter(
  (file) => readFileSync(file, 'utf8') !== readFileSync(model, 'utf8') || (statSync(file).mode & 0o111) === 0,
);
if (wrong.length > 0) {
  process.stderr.write(`check-launchers: not equal to ${model}, or not executable:\n${wrong.join('\n')}\n`);
  process.exit(1);
}
