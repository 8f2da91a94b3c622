/** The pages of documentation say what the tables do; `-u` writes them anew. */
import { expect, test } from "vitest";
import { FULL as B2MML } from "./b2mml/full.fixtures.ts";
import { b2mml } from "./b2mml/mapping.ts";
import { FULL as BAI2 } from "./bai2/full.fixtures.ts";
import { bai2 } from "./bai2/mapping.ts";
import { FULL as EDIFACT } from "./edifact/full.fixtures.ts";
import { edifact } from "./edifact/mapping.ts";
import { FULL as EPCIS } from "./epcis/full.fixtures.ts";
import { epcis } from "./epcis/mapping.ts";
import { FULL as IDOC } from "./idoc/full.fixtures.ts";
import { idoc } from "./idoc/mapping.ts";
import { FULL as ISO } from "./iso20022/full.fixtures.ts";
import { camt, pain, pain002, remt001 } from "./iso20022/mapping.ts";
import type { Full } from "./kit.fixtures.ts";
import type { Mapping } from "./mappings.ts";
import { FULL as MT940 } from "./mt940/full.fixtures.ts";
import { mt940 } from "./mt940/mapping.ts";
import { page } from "./page.ts";
import { FULL as SPARKPLUG } from "./sparkplug/full.fixtures.ts";
import { sparkplug } from "./sparkplug/mapping.ts";
import { FULL as UBL } from "./ubl/full.fixtures.ts";
import { ubl } from "./ubl/mapping.ts";
import { FULL as X12 } from "./x12/full.fixtures.ts";
import { x12 } from "./x12/mapping.ts";

const DOORS: readonly (readonly [string, object, Readonly<Record<string, Full>>])[] = [
  ["x12", x12, X12],
  ["edifact", edifact, EDIFACT],
  ["ubl", ubl, UBL],
  ["idoc", idoc, IDOC],
  ["epcis", { EPCIS: epcis }, EPCIS],
  ["b2mml", b2mml, B2MML],
  ["sparkplug", { "Sparkplug B": sparkplug }, SPARKPLUG],
  ["iso20022", { ...camt, ...pain, "pain.002": pain002, "remt.001": remt001 }, ISO],
  ["mt940", { MT940: mt940 }, MT940],
  ["bai2", { BAI2: bai2 }, BAI2],
];
const ALL = DOORS.flatMap(([door, mappings, full]) =>
  Object.entries(mappings as Record<string, Mapping<never, never>>).map(([name, mapping]) => {
    const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    const file = plain.startsWith(door) || door === "iso20022" ? plain : `${door}-${plain}`;
    return { door, name, file, mapping, left: full[name]!.left };
  }),
);
const DOCS = "../../docs/reference/mappings";
const WAYS = { in: "in", out: "out", both: "in, out" } as const;

test.each(ALL)("$file says what its table does", async ({ file, mapping, left }) => {
  await expect(page(mapping, left)).toMatchFileSnapshot(`${DOCS}/${file}.md`);
});

test("the overview names every document and every contract", async () => {
  const rows = ALL.flatMap(({ door, name, file, mapping }) =>
    mapping.sheet.translations.map(
      ({ contract, way }) => `| [${door} ${name}](${file}.md) | \`${contract.name}\` | ${WAYS[way]} |`,
    ),
  );
  const text = [
    "# Business documents in canonical words",
    "",
    "`crossdock/mappings/<format>` has a table for each document. `read` gives the messages a document means and, beside them, every",
    "value none of them carries; `write` gives a draft for the codec and every field that has no place in it. What is agreed with a",
    "partner (numbers, currency, unit, codes, role) comes in as `Around`; nothing else fills what a document leaves out.",
    "",
    "```ts",
    'import { x12 } from "crossdock/mappings/x12";',
    'const { messages, notCarried } = x12["850"].read(set, { partner: "C-ACME", orderNumber });',
    "```",
    "",
    "A flow hands on what was not carried with `carried(value, notCarried)`, or `apart(mapped)` in its `split`; it is kept with the fact or",
    'the delivery and shown as "Not carried" on the document\'s page, in its steps and by `crossdock trace`. Values are hidden as personal',
    "data is, at most 100 of a message are kept, and the document itself is kept whole.",
    "",
    "A place is read from the outside in: `LIN/QTY+21.1.2` is component 2 of element 1 of the QTY whose qualifier is 21, in a line.",
    "`A|B` is A, or where there is none, B; `a or b` tries a first; `6(VN|VP)` is the value behind VN or VP in the pairs from element 6;",
    "`PIA+5{SA}` is the number whose type is SA; `E1EDK02[QUALF=001]` the segment whose field is 001; `^` begins at the document, `<`",
    "at what the line stands in, `**` looks at any depth.",
    "",
    "| Document | Contract | Way |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
  await expect(text).toMatchFileSnapshot(`${DOCS}/README.md`);
});
