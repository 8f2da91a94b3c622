/**
 * Published documents of others, where they are at hand: which are sound and which are not, and why.
 *
 * The documents belong to their owners and are no part of this repository; the test says so and passes when they are
 * not there. Point CROSSDOCK_SAMPLES at a folder of samples to run it.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { generate, parse, problemsOf } from "./codec.ts";

const folder = [process.env.CROSSDOCK_SAMPLES, "../shared/samples", "../../shared/samples"]
  .filter((candidate) => candidate !== undefined)
  .map((candidate) => path.resolve(candidate, "x12"))
  .find((candidate) => existsSync(candidate));

/** File name → line of the first error and a word of its reason. Every other document is sound. */
const UNSOUND: Readonly<Record<string, readonly [line: number, reason: string]>> = {
  // SE01 says 41, there are 38 segments.
  "204-MGCTLYST-SAMPLE.EDI": [40, "SE01 to count 38"],
  "x12.832.edi": [14, "SE01 to count 12"],
  // IEA02 is not ISA13.
  "x12.850.edi": [15, "IEA02 to repeat"],
  "x12.850a.edi": [54, "IEA02 to repeat"],
  // Extracts made to test loops: no BEG, no PO1, segments of no standard, made-up counts.
  "x12.810.mandatory-conditions.edi": [8, "BEG"],
  "x12.Issue101.edi": [7, "BEG"],
  "x12.Issue172.edi": [4, "a segment of the standard"],
  "x12.Issue91.edi": [4, "a segment of the standard"],
  // A TA1 alone, and IEA01 counts one group.
  "x12_interchange_ack.txt": [3, "IEA01 to count 0"],
  // No AK1 and no AK9.
  "empty997.edi": [4, "AK1"],
  "extraDelimiter997.edi": [6, "a whole number"],
  "invalid997.edi": [7, "a whole number"],
  "invalid997_min.edi": [2, "a date"],
  "invalid999.edi": [4, "IK5"],
  // Not X12 but the expected output of a parser.
  "sample837-HL-nested-expected.txt": [1, "an interchange"],
};

/** Blanks and line breaks around segments, a byte order mark and delimiters printed twice do not count. */
const plain = (body: Uint8Array): string =>
  Buffer.from(body)
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "")
    .replace(/~\s+/g, "~")
    .replace(/[\r\n]/g, "")
    .trimEnd();

describe.skipIf(folder === undefined)("published documents", () => {
  const files = (folder === undefined ? [] : (readdirSync(folder, { recursive: true }) as string[]))
    .filter((file) => statSync(path.join(folder!, file)).isFile())
    .sort();

  test.each(files)("%s", (file) => {
    const body = readFileSync(path.join(folder!, file));
    const unsound = UNSOUND[path.basename(file)];
    if (unsound === undefined) {
      const document = parse(body);
      expect(problemsOf(document).filter(({ severity }) => severity === "error")).toEqual([]);
      // The sender of this one prints his component separator at the end of every line.
      const once = (text: string) => (/issue135/i.test(file) ? text.replaceAll("~", "") : text);
      expect(once(plain(generate(document)))).toBe(once(plain(body)));
      expect(parse(generate(document)).interchanges.map(({ groups }) => groups.length)).toEqual(
        document.interchanges.map(({ groups }) => groups.length),
      );
      return;
    }
    const [line, reason] = unsound;
    const first = firstError(body);
    expect(first.line).toBe(line);
    expect(first.message).toContain(reason);
  });
});

test.skipIf(folder !== undefined)("skipped: no samples", () => {
  console.log("skipped: no samples");
});

function firstError(body: Uint8Array): { line: unknown; message: string } {
  try {
    const found = problemsOf(parse(body)).find(({ severity }) => severity === "error");
    return { line: found?.line, message: found?.message ?? "nothing was found wrong" };
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return { line: (error as ContractBroken).facts.line, message: (error as ContractBroken).message };
  }
}
