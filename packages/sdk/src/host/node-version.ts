/** The oldest version of Node.js that runs connectors. */
const oldest = [22, 19] as const;

/** One sentence where the version of Node.js is too old; undefined where it is not. */
export function nodeComplaint(program: string, version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `${program} needs Node.js ${oldest.join('.')} or newer, and runs on ${version}: install a newer one from nodejs.org, then try again.`;
}

/**
 * Ends the process with one sentence where Node.js is too old. A program calls it before it imports anything else:
 * an old version fails at imports already.
 */
export function assertNodeVersion(program: string): void {
  const complaint = nodeComplaint(program, process.versions.node);
  if (complaint === undefined) return;
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
