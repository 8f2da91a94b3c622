/** BAI2 in canonical words: what is booked, what says nothing, and what a person is asked about. */
import { describe, expect, test } from "vitest";
import { bai2 as codec } from "../../codecs/bai2/codec.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { bai2 } from "./mapping.ts";

const documentOf = (text: string) =>
  codec().decode(
    new TextEncoder().encode(
      text
        .split("\n")
        .map((line) => `${line}\r\n`)
        .join(""),
    ),
  );
const text = FULL.BAI2!.text;
const messages = (changed: string) => bai2.read(documentOf(changed), AROUND).messages;

holds({ BAI2: bai2 }, FULL, documentOf, () => (draft) => draft);

test.each([
  ["an interim group", text.replace("EUR,2/", "EUR,3/")],
  ["a test group", text.replace(",1,260118", ",4,260118")],
])("%s tells nothing", (_, changed) => {
  expect(messages(changed)).toEqual([]);
});

describe("a person is asked about", () => {
  test.each([
    ["a deletion", text.replace(",1,260118", ",2,260118"), /expected an update, found a deletion/],
    ["a loan", text.replace("16,165", "16,720"), /expected a type code of a credit or a debit, found 720/],
  ])("%s", (_, changed, message) => {
    expect(messages(changed)).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  });
});
