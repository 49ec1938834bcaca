/** JSONPath of a member of what is at a path, fit for a text in single quotes. */
export function memberPath(path: string, name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name)
    ? `${path}.${name}`
    : `${path}[${JSON.stringify(name).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}]`;
}
