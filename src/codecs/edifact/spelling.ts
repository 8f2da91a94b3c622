/**
 * How the bytes of one interchange spell text: as its syntax identifier declares, except where that cannot be.
 *
 * Text comes one byte to a character. Only what holds release characters, line breaks or bytes beyond ASCII comes here;
 * the rest stands as it is.
 */
import { type Repertoire, repertoire } from "./repertoire.ts";

export class Spelling {
  readonly #declared: string | undefined;
  readonly #release: string | undefined;
  /** The file began with a byte order mark of UTF-8. */
  readonly #mark: boolean;
  readonly #otherwise: () => void;
  #repertoire: Repertoire | undefined;
  /** The text cleaned since this was last set was none of its repertoire. */
  undecodable = false;

  /** `otherwise` is called when the text is not of the repertoire that was declared, and was read all the same. */
  constructor(
    declared: string | undefined,
    release: string | undefined,
    mark: boolean,
    otherwise: () => void,
  ) {
    this.#declared = declared;
    this.#release = release;
    this.#mark = mark;
    this.#otherwise = otherwise;
  }

  get encoding(): string {
    return (
      this.#repertoire?.name ??
      (this.#declared === "utf-8" || this.#mark ? "utf-8" : (this.#declared ?? "us-ascii"))
    );
  }

  /** The text without release characters and line breaks, and in Unicode. */
  clean(text: string): string {
    const release = this.#release;
    const wide = WIDE.test(text);
    let bare = text;
    if (/[\r\n]/.test(bare)) bare = bare.replace(/[\r\n]/g, "");
    if (release !== undefined && bare.includes(release)) {
      let made = "";
      let from = 0;
      for (let at = bare.indexOf(release); at !== -1; at = bare.indexOf(release, at + 2)) {
        made += bare.slice(from, at);
        from = at + 1;
      }
      bare = made + bare.slice(from);
    }
    return wide ? this.#decode(bare) : bare;
  }

  #decode(bytes: string): string {
    this.#repertoire ??= this.#choose(bytes);
    const text = this.#repertoire.read(bytes);
    if (text !== undefined) return text;
    this.undecodable = true;
    return bytes;
  }

  /**
   * The first text beyond ASCII settles how this interchange is read: as declared, except that well-formed UTF-8 under a
   * declaration of single bytes is UTF-8 (no text in ISO 8859 looks like it), and bytes under a declaration of ASCII, or
   * none we know, are UTF-8 or else Latin-1.
   */
  #choose(bytes: string): Repertoire {
    const declared = this.#declared;
    if (declared === "utf-8") return repertoire("utf-8");
    const wellFormed = this.#mark || repertoire("utf-8").read(bytes) !== undefined;
    if (wellFormed || declared === undefined || declared === "us-ascii") {
      this.#otherwise();
      return repertoire(wellFormed ? "utf-8" : "iso-8859-1");
    }
    return repertoire(declared);
  }
}

const WIDE = /[\x80-\xff]/;
