/** An id in a path, and the stream whose records have such ids. */
export interface PathParent {
  readonly id: string;
  readonly stream: string;
}

/** A path whose ids are fields of parents: `/orders/123/items` is `/orders/{orders.id}/items`. */
export function parentPath(path: string): { readonly path: string; readonly parents: readonly PathParent[] } {
  const words = path.split('/');
  const parents: PathParent[] = [];
  const made = words.map((word, at) => {
    const before = words[at - 1] ?? '';
    // The last word names the list itself.
    if (at === words.length - 1 || !isId(word) || !/^[A-Za-z][\w-]*$/.test(before) || isId(before))
      return word;
    const stream = before.replaceAll('-', '_').toLowerCase();
    parents.push({ id: word, stream });
    return `{${stream}.id}`;
  });
  return { path: made.join('/'), parents };
}

/** A number, a UUID, or a long word with digits in it. Versions such as `v2` are none. */
export function isId(word: string): boolean {
  return (
    /^\d+$/.test(word) ||
    /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(word) ||
    (/^\w{12,}$/.test(word) && /\d/.test(word)) ||
    (/^[a-z]{2,5}_\w{6,}$/i.test(word) && /\d/.test(word))
  );
}
