/**
 * Options of the scripts people run by hand (`npm run bench`, `chaos`, `simulate`, `fuzz` …): `--help` and a word of help for what is
 * not known, the same for all of them.
 */
import { readFileSync } from "node:fs";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/**
 * What was said on the command line of the script `file`. `--help` prints what stands at the top of that file, and `more`, and ends with 0;
 * an option it does not have, or one without its value, ends with 2 and a sentence.
 */
export function scriptOptions<const Options extends ParseArgsOptionsConfig>(
  file: string,
  options: Options,
  more = "",
) {
  if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) {
    const [, head = ""] = /^\/\*\*\n([\s\S]*?) \*\//.exec(readFileSync(file, "utf8")) ?? [];
    console.log(`${head.replaceAll(/^ \* ?/gm, "")}${more}`);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    console.error(
      `${error instanceof Error ? error.message.split(". ")[0] : error}. There are ${known.join(", ")}; --help says what each does.`,
    );
    process.exit(2);
  }
}
