/** What the first bytes of a file say of its first element, and that no file makes finding it long. */
import { expect, test } from "vitest";
import { firstElement } from "./start.ts";

const of = (text: string, encoding: BufferEncoding = "utf8") => {
  const { name, namespace } = firstElement(Buffer.from(text, encoding));
  return { name, namespace };
};

test("the first element is found behind declarations, comments and blanks, in its namespace", () => {
  const found = { name: "Order", namespace: "urn:o" };
  expect(of(`<Order xmlns="urn:o"/>`)).toEqual(found);
  expect(
    of(`\ufeff<?xml version="1.0"?>\n<!-- a > b --><?pi <x> ?>\n <!---->\n<o:Order xmlns:o='urn:o'>`),
  ).toEqual(found);
  expect(of(`<!DOCTYPE Order [<!ENTITY a "b"> <!ENTITY c "&a;">] ><Order xmlns="urn:o">`)).toEqual(found);
  expect(of(`<!DOCTYPE Order SYSTEM "o.dtd">\n<Order xmlns="urn:o">`)).toEqual(found);
  expect(of(`\ufeff<Order xmlns="urn:o"/>`, "utf16le")).toEqual(found);
  const none = { name: "", namespace: "" };
  for (const text of [
    "",
    "ISA*00",
    "a long text <Order>",
    "<!-- <Order>",
    "<? <Order>",
    "<!-- --> x <Order>",
    "< Order>",
  ])
    expect(of(text), text).toEqual(none);
});

test("a file of nothing but comments or declarations takes no time", () => {
  const began = process.cpuUsage();
  for (const piece of ["<!--a--> ", "<?a?>", "<!A>", "<!-- --", "<!A[", "<a:", "< ", "   "])
    of(piece.repeat(8_192 / piece.length));
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000);
});
