/** Commands that hand what follows their first argument to another program, untouched. */
const passThrough: readonly (readonly string[])[] = [['invoke'], ['schedule', 'run']];

/**
 * `--full_refresh` means `--full-refresh`: Meltano takes underscores and hyphens in option names for the
 * same. Arguments that belong to a plugin, and everything after `--`, stay as they are.
 */
export function normalizeOptionNames(args: readonly string[]): string[] {
  const words: string[] = [];
  let own = true;
  return args.map((arg) => {
    if (arg === '--') own = false;
    if (!own) return arg;
    if (!arg.startsWith('-')) {
      words.push(arg);
      own = !passThrough.some((path) => handsOver(words, path));
      return arg;
    }
    const [name = '', ...value] = arg.split('=');
    return name.startsWith('--') ? [name.replaceAll('_', '-'), ...value].join('=') : arg;
  });
}

/** Whether the last word is the first argument of the command at the end of `path`. */
function handsOver(words: readonly string[], path: readonly string[]): boolean {
  const before = words.slice(0, -1);
  const at = before.indexOf(path[0] ?? '');
  return at !== -1 && path.every((word, index) => before[at + index] === word);
}
