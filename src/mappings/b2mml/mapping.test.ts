/** Orders to a plant and its reports in canonical words and back. */
import { expect, test } from "vitest";
import { b2mml as codec } from "../../codecs/b2mml/codec.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { b2mml } from "./mapping.ts";

const documentOf = (text: string) => codec().decode(new TextEncoder().encode(text));

holds(b2mml, FULL, documentOf, () => (draft) => codec().decode(codec().encode(draft)));

test("the word of a tester nobody has translated is refused, never guessed", () => {
  const document = documentOf(FULL.TestResults!.text.replace(">Pass<", ">Perhaps<"));
  expect(() => b2mml.TestResults.read(document, AROUND)).toThrow(
    "The result of a test Perhaps stands for none of ours.",
  );
});
