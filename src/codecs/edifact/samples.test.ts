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
import { acknowledge, generate, parse, problemsOf, segmentsOf } from "./codec.ts";

const folder = [process.env.CROSSDOCK_SAMPLES, "../shared/samples", "../../shared/samples"]
  .filter((candidate) => candidate !== undefined)
  .map((candidate) => path.resolve(candidate, "edifact"))
  .find((candidate) => existsSync(candidate));

/** End of the path → line of the first error and a word of its reason. Every other document is sound. */
const UNSOUND: Readonly<Record<string, readonly [line: number, reason: string]>> = {
  // Ends behind its summary, or without UNZ.
  "d96aORDERS/message.edi": [45, "expected UNT to end message 1"],
  "data/order.edi": [18, "expected UNZ to end interchange 807"],
  "data/order2.edi": [12, "expected UNZ to end interchange 000000001"],
  "camel-unedifact-to-xml/input-message.txt": [31, "expected UNZ to end interchange 131"],
  // Service characters of EDIFACT around segments of nobody.
  "ignore_segments/message.edi": [1, "UNA without UNB"],
  "edi_out_issue235.edi": [2, "a syntax identifier"],
};

/** Blanks and line breaks around segments and a byte order mark do not count, nor do release characters nobody needed. */
const plain = (body: Uint8Array): string =>
  Buffer.from(body)
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "")
    .replace(/['~#][ \t\r\n]+/g, (mark) => mark[0]!)
    .replace(/[\r\n]/g, "")
    .replaceAll("006?415160", "006415160")
    .trimEnd();

describe.skipIf(folder === undefined)("published documents", () => {
  const files = (folder === undefined ? [] : (readdirSync(folder, { recursive: true }) as string[]))
    .filter((file) => statSync(path.join(folder!, file)).isFile())
    .sort();

  test.each(files)("%s", (file) => {
    const body = readFileSync(path.join(folder!, file));
    const errors = errorsOf(body);
    const known = Object.entries(UNSOUND).find(([end]) => file.endsWith(end))?.[1];
    if (known) {
      expect(
        errors.some(({ line, message }) => line === known[0] && message.includes(known[1])),
        JSON.stringify(errors),
      ).toBe(true);
    }
    for (const { message } of errors)
      expect(message).toMatch(/^Line \d+, segment \d+.*: expected .+, found .+\.$/s);
    if (errors.length > 0) {
      expect(SOUND.some((end) => file.endsWith(end))).toBe(false);
      // What was refused is answered where it has an interchange, and the answer can be read.
      if (known?.[1] === "UNA without UNB") return;
      const answer = acknowledge(parse(body), { date: "2026-11-21", time: "0930", reference: "1" });
      if (answer) expect(errorsOf(generate(answer))).toEqual([]);
      return;
    }
    expect(
      SOUND.some((end) => file.endsWith(end)),
      `${file} is sound`,
    ).toBe(true);
    const document = parse(body);
    expect(plain(generate(document))).toBe(plain(body));
    const segments = (read: typeof document) =>
      read.interchanges.flatMap(({ groups }) =>
        groups.flatMap(({ messages }) =>
          messages.flatMap((one) => [...segmentsOf(one.body)].map(({ id, elements }) => [id, elements])),
        ),
      );
    expect(segments(parse(generate(document)))).toEqual(segments(document));
  });
});

/** The documents whose counts, references and structure are right. */
const SOUND = [
  "custom-edi-schema/resources/sample.edi",
  "sample-data/order1.edi",
  "orders_valid.edi",
  "valid_desadv_d96a_minimal.edi",
  "valid_orders_d96a_minimal.edi",
  "edifact.AutoEndSegmentGroups.edi",
  "invoice1.edi",
  "invoice_with_colon_at_end.edi",
  "invoic/invoic.txt",
  "ORDERS_D.03B_Interchange.txt",
  "pipelines/src/test/resources/expected.txt",
  "invoic_d93a_una.edi",
  "invoic_d97b.edi",
  "invoic_d97b_una.edi",
  "wrapped_invoic_d97b.edi",
  "wrapped_invoic_d97b_una.edi",
  "other_dialect_term_segments.edi",
];

function errorsOf(body: Uint8Array): { line: number; message: string }[] {
  try {
    return problemsOf(parse(body)).filter(({ severity }) => severity === "error");
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    return [{ line: Number(error.facts.line), message: error.message }];
  }
}

test.skipIf(folder !== undefined)("skipped: no samples", () => {
  console.log("skipped: no samples");
});
