/** What is told of a text is what saxes alone would tell of it, whoever read it and however it comes. */
import { SaxesParser } from "saxes";
import { expect, test } from "vitest";
import { mutant } from "../../testing/hostile/mutate.ts";
import { type Listening, Scanner } from "./scanner.ts";

const ATTRIBUTES_MAX = 4;
const SOUND = `<?xml version="1.0"?>
<a:order xmlns:a="urn:a" id='8'>
  <line no="2 > 1">x &amp; y &#169; <b/> z]] ></line><!-- a - comment
  --><line	no="&lt;&#x41;&quot;"
    unit="a	b" />
  <line no="2 > 1">x<![CDATA[ <&>
 ]] ]]>é😀</line >
</a:order>
`;
const PIECES = [
  ...[
    "\r",
    "\r\n",
    "\t",
    "\n",
    " ",
    "\u00a0",
    "\u0085",
    "\u0001",
    "\ufffe",
    "\ufeff",
    "é",
    "😀",
    "]]>",
    "--",
  ],
  ...["&", "&amp;", "&#0;", "&#13;", "&#xD800;", "&#X41;", "&nbsp;", "&;", ";", "<", ">", "/", "=", '"', "'"],
  ...["<!--", "-->", "<!-- x -->", "<!-", "<![CDATA[", "<![CDATA[]]>", "<!DOCTYPE a>", "<?go on?>", "?>"],
  ...[
    '<?xml version="1.1"?>',
    "<?xml version='1.0' standalone='no' ?>",
    "<?xml?>",
    "</line>",
    "<line>",
    "<x/>",
  ],
  ...[' no="1"', ' no="1" no="2"', ' a="" b="" c="" d="" e=""', ' é="1"', "<é>", "<1>", "</a:order>", "a b"],
];

type Event = readonly unknown[];

/** Everything that is told, with the line it is told at, up to what is refused. */
function told(read: (listening: Listening) => { readonly line: number; run(): void }): Event[] {
  const events: Event[] = [];
  class Refused extends Error {}
  const refuse = (...event: Event): never => {
    events.push([...event, reader.line]);
    throw new Refused();
  };
  let depth = 0;
  const reader = read({
    opened({ name, written }) {
      events.push(["opened", name, [...written], reader.line]);
      depth += 1;
    },
    // The parser tells of blanks around the root as well; nobody wants to know.
    text: (piece) => void (depth > 0 && events.push(["text", piece, reader.line])),
    closed() {
      events.push(["closed", reader.line]);
      depth -= 1;
    },
    tooManyAttributes: () => refuse("too many attributes"),
    doctype: () => refuse("document type declaration"),
    malformed: (found) => refuse(found),
  });
  try {
    reader.run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  return events;
}

const byScanner = (pieces: readonly string[]): Event[] =>
  told((listening) => {
    const scanner = new Scanner(listening, ATTRIBUTES_MAX);
    return {
      get line() {
        return scanner.line;
      },
      run() {
        for (const piece of pieces) scanner.write(piece);
        scanner.close();
      },
    };
  });

const bySaxes = (text: string): Event[] =>
  told((listening) => {
    const parser = new SaxesParser({ xmlns: false, position: true });
    let written: string[] = [];
    parser.on("error", ({ message }) => listening.malformed(message.replace(/^\d+:\d+: |\.$/g, "")));
    parser.on("doctype", () => listening.doctype());
    parser.on("text", (piece) => listening.text(piece));
    parser.on("cdata", (piece) => listening.text(piece));
    parser.on("attribute", ({ name, value }) => {
      if (written.length >= 2 * ATTRIBUTES_MAX) listening.tooManyAttributes();
      written.push(name, value);
    });
    parser.on("opentag", ({ name }) => {
      listening.opened({ name, written, scoped: false, closes: false, attributes: undefined });
      written = [];
    });
    parser.on("closetag", () => listening.closed());
    return {
      get line() {
        return parser.line;
      },
      run: () => void parser.write(text).close(),
    };
  });

/** The text in pieces of any length, which nothing may depend on. */
function cut(text: string, seed: number): string[] {
  const pieces: string[] = [];
  for (let at = 0, step = seed; at < text.length; step += 7) {
    const length = 1 + ((step * 31) % 23);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** Text around the root is refused at the end of its piece, and so before what may be wrong with it further on. */
function uncut(events: Event[], expected: Event[]): Event[] {
  const early = events.at(-1)?.[0] === "text data outside of root node" && expected.at(-1)?.[0] !== "closed";
  return early ? [...events.slice(0, -1), expected.at(-1)!] : events;
}

test("a sound document", () => {
  expect(byScanner([SOUND])).toEqual(bySaxes(SOUND));
  expect(bySaxes(SOUND)).toContainEqual(["opened", "line", ["no", '<A"', "unit", "a b"], 5]);
});

test("five thousand damaged documents are told alike, whole and in pieces", () => {
  let read = 0;
  for (let seed = 1; seed <= 5_000; seed += 1) {
    const text = Buffer.from(mutant([Buffer.from(SOUND)], seed, PIECES)).toString("utf8");
    const expected = bySaxes(text);
    const why = `mutant ${seed}: ${JSON.stringify(text)}`;
    expect(byScanner([text]), why).toEqual(expected);
    expect(uncut(byScanner(cut(text, seed)), expected), `in pieces, ${why}`).toEqual(expected);
    if (expected.at(-1)?.[0] === "closed") read += 1;
  }
  expect(read).toBeGreaterThan(500);
});

test("what is long and does not end is told alike, and a long comment", () => {
  const long = "- ]] \r\n< &amp; >".repeat(20_000);
  for (const end of [
    long,
    `<!--${long}`,
    `<!--${long}--><b/></a>`,
    `<!--${long}-- `,
    `<![CDATA[${long}`,
    `<b c="${long}`,
  ]) {
    const text = `<a>\n${end}`;
    const expected = bySaxes(text);
    expect([byScanner([text]), byScanner(cut(text, 5))]).toEqual([expected, expected]);
  }
});
