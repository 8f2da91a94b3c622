/**
 * BAI2 files of many accounts: each account is cut, read and refused on its own, behind the headers of its file and group.
 *
 * An account is held to its own control totals. What the trailers of groups and files count is not compared: the accounts
 * are counted by the batch.
 */
import { GroupCutter, type Grouping, type Standing } from "../line-groups.ts";
import { type Records, readInFile } from "../records.ts";
import type { Bai2Document } from "./document.ts";
import { type Bai2Limits, LIMITS } from "./limits.ts";
import { JOINED, readAccount } from "./reader.ts";

/**
 * Accounts as records, each a document with the one account in its group and file.
 *
 * @example flow("statements").from(mailbox).records(bai2Records()).map(accountOf)
 */
export const bai2Records = (limits: Partial<Bai2Limits> = {}): Records<Bai2Document> => ({
  name: "bai2 accounts",
  mediaType: "text/plain",
  cutter: (from) => new GroupCutter((head) => new Accounts(head), from, LINE_END),
  checkHead: () => undefined,
  read({ bytes, place }) {
    const text = `${place.head ?? ""}${Buffer.from(bytes).toString("latin1")}`;
    return readInFile(place, () => readAccount(Buffer.from(text, "latin1"), { ...LIMITS, ...limits }));
  },
});

/** Several records may stand on one line. */
const LINE_END = new RegExp(`\\r\\n|\\n|\\r|${JOINED.source}`);

class Accounts implements Grouping {
  #file = "";
  #group = "";
  /** The record that a continuation belongs to. */
  #last = "";
  #files = 0;

  constructor(head: string | null) {
    for (const line of head?.split("\n") ?? []) this.standing(line);
  }

  standing(raw: string): Standing {
    const line = raw.replace(/^\xef\xbb\xbf/, "").trimStart();
    const code = /^(\d\d),/.exec(line)?.[1] ?? "";
    const inAccount = this.#last === "03" || this.#last === "16";
    if (line === "" || line === "\x1a") return inAccount ? "goes on" : "outside";
    switch (code) {
      case "01":
        this.#file = `${line}\n`;
        this.#group = "";
        this.#files += 1;
        break;
      case "02":
        this.#group = `${line}\n`;
        break;
      case "98":
        this.#group = "";
        break;
      case "99":
        this.#file = "";
        this.#group = "";
        break;
      case "03":
        this.#last = code;
        return "begins";
      case "49":
        if (!inAccount) return this.#misplaced(code);
        this.#last = code;
        return "ends";
      case "16":
        if (!inAccount) return this.#misplaced(code);
        this.#last = code;
        return "goes on";
      default:
        // A continuation, or a text that was wrapped.
        if (inAccount) return "goes on";
        if (code !== "88" || this.#last === "") return this.#misplaced("");
        if (this.#last === "01") this.#file += `${line}\n`;
        if (this.#last === "02") this.#group += `${line}\n`;
        return "outside";
    }
    this.#last = code;
    return "outside";
  }

  head(): string | null {
    return this.#file + this.#group || null;
  }

  end() {
    if (this.#file !== "") return { expected: "the file trailer 99" };
    return this.#files === 0 ? { expected: "the file header 01" } : ("whole" as const);
  }

  #misplaced(code: string): Standing {
    return { expected: code === "" ? "a record of BAI2" : `an account 03 before its ${code}` };
  }
}
