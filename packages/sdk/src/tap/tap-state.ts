import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * The state of a tap in the Meltano SDK's shape: `{"bookmarks": {"<stream>": {…}}}`. Streams and members that
 * this tap does not know stay as they are (Singer rules 41 and 64).
 */
export interface TapState {
  bookmark(stream: string): JsonObject | undefined;
  /** Returns true when the state changed. */
  save(stream: string, bookmark: JsonObject): boolean;
  /** A whole snapshot. */
  value(): JsonObject;
}

export function createTapState(given: JsonValue | undefined): TapState {
  const rest = isJsonObject(given) ? given : {};
  const bookmarks = new Map<string, JsonValue>(
    Object.entries(isJsonObject(rest['bookmarks']) ? rest['bookmarks'] : {}),
  );
  return {
    bookmark(stream) {
      const bookmark = bookmarks.get(stream);
      return isJsonObject(bookmark) ? bookmark : undefined;
    },
    save(stream, bookmark) {
      const before = JSON.stringify(bookmarks.get(stream) ?? null);
      bookmarks.set(stream, bookmark);
      return JSON.stringify(bookmark) !== before;
    },
    value: () => ({ ...rest, bookmarks: Object.fromEntries(bookmarks) }),
  };
}
