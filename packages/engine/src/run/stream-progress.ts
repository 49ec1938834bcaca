/** How far one stream of a block has come. */
export interface StreamProgress {
  readonly stream: string;
  /** Records that left the tap. */
  readonly read: number;
  /** Records that the target has made durable, as far as it tells: native targets do, external ones only by state. */
  readonly loaded?: number;
  readonly bytes: number;
}
