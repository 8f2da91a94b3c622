/** MT940 in canonical words: what is booked, what says nothing, and what a person is asked about. */
import { describe, expect, test } from "vitest";
import { mt940 as codec } from "../../codecs/mt940/codec.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { mt940 } from "./mapping.ts";

const documentOf = (text: string) =>
  codec().decode(
    new TextEncoder().encode(
      text
        .split("\n")
        .map((line) => `${line}\r\n`)
        .join(""),
    ),
  );
const text = FULL.MT940!.text;
const messages = (changed: string) => mt940.read(documentOf(changed), AROUND).messages;

holds({ MT940: mt940 }, FULL, documentOf, () => (draft) => draft);

test("an interim report tells nothing: its entries come again on a statement", () => {
  expect(messages(`{2:I942BANKXXXXN}{4:\n${text}`)).toEqual([]);
});

describe("a person is asked about", () => {
  test.each([
    [
      "a statement that does not add up",
      text.replace("EUR6990,00", "EUR6990,01"),
      /STMT-7: expected a statement that adds up/,
    ],
    ["an excerpt", text.split("\n").slice(4).join("\n"), /expected a whole statement/],
  ])("%s", (_, changed, message) => {
    expect(messages(changed)).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  });
});
