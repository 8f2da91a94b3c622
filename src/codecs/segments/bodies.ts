/**
 * The sets or messages of a large document, kept as the text they were read from.
 *
 * In segments and loops a document takes twelve times the memory of its text, and the collector copies it more than once
 * while it is read. So every part is read and checked, but of those beyond the first ones the body is made again when it is
 * looked at: by the same reader from the same text, so it is the same body. Who goes through the parts one after the other
 * reads each twice at flat memory, which is faster than keeping them all.
 */

/** A document of fewer segments is kept as it was read: a few megabytes. */
const KEPT = 5_000;

export class Bodies<Node> {
  #segments = 0;
  /** The one that was looked at last: whoever looks at a body looks more than once. */
  #last: { readonly read: () => readonly Node[]; readonly body: readonly Node[] } | undefined;

  /** The part as it was read, or with a body that `read` makes when it is looked at. */
  keep<Part extends { readonly segmentCount: number; readonly body: readonly Node[] }>(
    part: Part,
    read: (() => readonly Node[]) | undefined,
  ): Part {
    this.#segments += part.segmentCount;
    if (read === undefined || this.#segments <= KEPT) return part;
    return Object.defineProperty(part, "body", { get: () => this.#bodyOf(read), enumerable: true });
  }

  #bodyOf(read: () => readonly Node[]): readonly Node[] {
    if (this.#last?.read !== read) this.#last = { read, body: read() };
    return this.#last.body;
  }
}
