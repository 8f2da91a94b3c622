/** XML is read into a tree with namespaces and lines, and what could harm a reader is refused before it is parsed. */
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { at, childrenNamed, parseXml, pathOf, textAt, type XmlLimits } from "./tree.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function refusal(body: string | Uint8Array, limits?: Partial<XmlLimits>): Record<string, unknown> {
  try {
    parseXml(typeof body === "string" ? bytes(body) : body, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return (error as ContractBroken).facts;
  }
  throw new Error("it was read");
}

test("elements keep namespace, attributes, text, line and path", () => {
  const root = parseXml(
    bytes(
      '<?xml version="1.0"?>\n<a:order xmlns:a="urn:a" a:id="7">\n  <line>1</line>\n  <line no="2">x &amp; <![CDATA[<y>]]></line>\n</a:order>',
    ),
  );
  expect([root.name, root.namespace, root.attributes.get("id"), root.attributes.get("a:id")]).toEqual([
    "order",
    "urn:a",
    "7",
    "7",
  ]);
  const second = childrenNamed(root, "line")[1]!;
  expect([second.text, second.attributes.get("no"), second.line, pathOf(second)]).toEqual([
    "x & <y>",
    "2",
    4,
    "order/line[2]",
  ]);
  expect(textAt(root, "line")).toBe("1");
  expect(at(root, "line", "none")).toBeUndefined();
});

test("the places of fifty thousand namesakes are counted once, not fifty thousand times", () => {
  const root = parseXml(bytes(`<a>${"<b/>".repeat(50_000)}<c/></a>`));
  const paths = root.children.map((element) => pathOf(element));
  expect([paths[0], paths[49_999], paths[50_000]]).toEqual(["a/b[1]", "a/b[50000]", "a/c"]);
}, 2_000);

test("UTF-8, UTF-16 with its mark and Latin-1 are read as they are declared", () => {
  const text = "<?xml version='1.0' encoding='ISO-8859-1'?><a>Zürich</a>";
  expect(parseXml(Buffer.from(text, "latin1")).text).toBe("Zürich");
  const wide = Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><a>Zürich</a>', "utf16le");
  expect(parseXml(wide).text).toBe("Zürich");
  expect(parseXml(bytes("\ufeff<a>Zürich</a>")).text).toBe("Zürich");
});

describe("refused", () => {
  test.each([
    [
      "an external entity",
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      { line: 2, found: "<!DOCTYPE" },
    ],
    ["a declaration in other letters", "<!doctype a><a/>", {}],
    ["a billion laughs", `<!DOCTYPE l [${'<!ENTITY a "&b;&b;">'.repeat(9)}]><l>&a;</l>`, {}],
    ["an entity nobody declared", "<a>&x;</a>", { expected: "well-formed XML" }],
    ["elements that do not close", "<a><b></a>", { expected: "well-formed XML" }],
    ["an attribute twice", '<a b="1" b="2"/>', {}],
    ["two roots", "<a/><b/>", {}],
    ["a prefix nobody bound", "<x:a/>", {}],
    ["a control character", "<a>\u0001</a>", {}],
    ["nothing", "", {}],
    ["text", "hello", {}],
    ["an element called __proto__", "<a><__proto__/></a>", { found: "__proto__" }],
    ["an encoding to hide in", '<?xml version="1.0" encoding="UTF-7"?><a/>', { found: "UTF-7" }],
  ])("%s", (_, body, facts) => {
    expect(refusal(body)).toMatchObject(facts);
  });

  test("a declaration hidden in UTF-16, and bytes that are not what they say", () => {
    expect(refusal(Buffer.from('\ufeff<!DOCTYPE a [<!ENTITY x "y">]><a/>', "utf16le"))).toMatchObject({
      found: "<!DOCTYPE",
    });
    expect(refusal(Uint8Array.of(60, 97, 62, 0xff))).toMatchObject({ expected: "utf-8" });
  });

  test("too deep, too many, too much", () => {
    expect(refusal("<a>".repeat(10_000))).toMatchObject({ expected: "at most 100 levels" });
    expect(refusal("<a><b/><b/></a>", { elements: 2 })).toMatchObject({ expected: "at most 2 elements" });
    expect(refusal('<a b="1" c="2"/>', { attributes: 1 })).toMatchObject({
      expected: "at most 1 attributes",
    });
    expect(refusal("<a>xxxx</a>", { text: 3 })).toMatchObject({ expected: "at most 3 characters of text" });
    expect(refusal(`<a>${"&#65;".repeat(100_001)}</a>`)).toMatchObject({
      expected: "at most 100000 references",
    });
    expect(refusal("<a/>", { bytes: 3 })).toMatchObject({ expected: "at most 3 bytes" });
  });
});
