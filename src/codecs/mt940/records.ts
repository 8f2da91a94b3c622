/**
 * MT940 files of many statements: each message is cut, read and refused on its own.
 *
 * A message is read whole, because its balances hold its entries together. It ends at its dash, or where the next begins:
 * at :20:, or at the lines in front of it.
 */
import { GroupCutter, type Grouping, type Standing } from "../line-groups.ts";
import { type Records, readInFile } from "../records.ts";
import type { Mt940Document } from "./document.ts";
import { END, GOES_ON, LONG, TAG } from "./fields.ts";
import { LIMITS, type Mt940Limits } from "./limits.ts";
import { readDocument } from "./reader.ts";

/**
 * Statements as records, each a document with the one message.
 *
 * @example flow("statements").from(mailbox).records(mt940Records()).map(statementOf)
 */
export const mt940Records = (limits: Partial<Mt940Limits> = {}): Records<Mt940Document> => ({
  name: "mt940 statements",
  mediaType: "text/plain",
  cutter: (from) => new GroupCutter(() => new Messages(from.offset > 0), from),
  checkHead: () => undefined,
  read: ({ bytes, place }) => readInFile(place, () => readDocument(bytes, { ...LIMITS, ...limits })),
});

class Messages implements Grouping {
  /** The last tag of the message that is open; "" before its first. */
  #tag: string | undefined;
  /** A lone dash inside a text: it ends the message, unless one of its fields comes next. */
  #dash = false;
  /** A colon alone: a tag that was wrapped. */
  #colon = false;
  #any: boolean;

  /** @param any a message was met before */
  constructor(any: boolean) {
    this.#any = any;
  }

  standing(raw: string): Standing {
    const line = this.#colon && /^\d\d[A-Z]?:/.test(raw) ? `:${raw}` : raw.replace(/^\xef\xbb\xbf/, "");
    this.#colon = raw === ":" && this.#tag !== undefined;
    const tag = TAG.exec(line)?.[1];
    if (this.#tag === undefined || this.#ended(line, tag)) return this.#outside(line, tag);
    if (tag !== undefined) this.#tag = tag;
    else if (END.test(line) && this.#tag !== "") {
      this.#dash = this.#tag === "86" && line.trimEnd() === "-";
      if (!this.#dash) this.#tag = undefined;
      return this.#dash ? "goes on" : "ends";
    }
    return "goes on";
  }

  head(): null {
    return null;
  }

  end() {
    if (!this.#any) return { expected: "a statement beginning with :20:" };
    // Lines behind the last message are nobody's.
    return this.#tag === "" ? "nothing" : "whole";
  }

  /** Whether the message ended before this line. */
  #ended(line: string, tag: string | undefined): boolean {
    const open = this.#tag ?? "";
    if (line.trim() === "") return false;
    if (this.#dash) {
      this.#dash = false;
      return !GOES_ON.test(line);
    }
    if (open === "") return false;
    if (tag === "20" || line.startsWith("{1:")) return true;
    return tag === undefined && !LONG.has(open) && !END.test(line) && line !== ":";
  }

  #outside(line: string, tag: string | undefined): Standing {
    // Banks repeat the dash, and end files with marks of their own.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are control characters.
    const nothing = END.test(line) || /^[\s\x1a\x03]*$/.test(line);
    this.#tag = nothing ? undefined : (tag ?? "");
    if (nothing) return "outside";
    if (tag !== undefined) this.#any = true;
    return "begins";
  }
}
