/** The envelope, service characters, repertoires and what is tolerated: reading EDIFACT as senders really write it. */
import { describe, expect, test } from "vitest";
import {
  type EdifactDocument,
  edifact,
  generate,
  parse,
  partsOf,
  problemsOf,
  segmentsOf,
  textOf,
} from "./codec.ts";
import { interchange, ORDER } from "./fixtures.ts";

const bytes = (text: string, encoding: BufferEncoding = "utf8") => Buffer.from(text, encoding);
const read = (text: string): EdifactDocument => parse(bytes(text));
const errors = (document: EdifactDocument) =>
  problemsOf(document).filter(({ severity }) => severity === "error");
const back = (document: EdifactDocument) => Buffer.from(generate(document));
const all = (document: EdifactDocument) =>
  document.interchanges.flatMap(({ groups }) =>
    groups.flatMap(({ messages }) => messages.flatMap(({ body }) => [...segmentsOf(body)])),
  );
const tolerated = (document: EdifactDocument) =>
  document.interchanges.flatMap(({ tolerated }) => tolerated.map(({ what }) => what));

describe("a sound order", () => {
  test("is read with its envelope, its groups and nothing to complain of", () => {
    const document = read(ORDER);
    expect(problemsOf(document)).toEqual([]);
    const [one] = document.interchanges;
    expect(one).toMatchObject({
      syntax: "UNOC",
      syntaxVersion: "3",
      sender: { id: "5412345000013", qualifier: "14" },
      recipient: { id: "4098765000016", qualifier: "14" },
      reference: "IC-0001",
      application: "ORDERS",
      lineBreak: "\n",
      verdict: "accepted",
      tolerated: [],
    });
    const [message] = one!.groups[0]!.messages;
    expect(message).toMatchObject({
      type: "ORDERS",
      release: "96A",
      association: "EAN008",
      known: true,
      segmentCount: 25,
      verdict: "accepted",
    });
    const buyer = all(document).find(({ id }) => id === "NAD");
    expect(textOf(buyer, 5)).toBe("12 rue de l'Atelier");
    expect(buyer).toMatchObject({ line: 8, number: 8, position: 7 });
  });

  test("is written back byte for byte", () => {
    expect(back(read(ORDER)).toString()).toBe(`${ORDER}\n`);
    const flat = ORDER.replaceAll("\n", "");
    expect(back(read(flat)).toString()).toBe(flat);
    const lines = `UNA:+.? '\r\n${ORDER.replaceAll("\n", "\r\n")}`;
    expect(back(read(lines)).toString()).toBe(`${lines}\r\n`);
  });

  test("goes through the codec", () => {
    const codec = edifact();
    expect(codec.name).toBe("edifact");
    expect(Buffer.from(codec.encode(codec.decode(bytes(ORDER)))).toString()).toBe(`${ORDER}\n`);
  });
});

describe("service characters", () => {
  const plain = all(read(ORDER)).map(({ id, elements }) => ({ id, elements }));
  const translated = (una: string): string => {
    const [component, element, , release, , segment] = una.slice(3);
    const map: Record<string, string> = { ":": component!, "+": element!, "'": segment! };
    return (
      una +
      ORDER.replace("l?'Atelier", "l\u0001Atelier")
        .replaceAll("\n", "")
        .replace(/[:+']/g, (mark) => map[mark]!)
        .replace("\u0001", segment === "'" ? `${release}'` : "'")
    );
  };

  test.each(["UNA:+.? '", "UNA=*.? ~", "UNA*%.? #", "UNA|^,!  ", "UNA\x1f\x1d.\\ \x1c"])(
    "are those of the advice %j",
    (una) => {
      const given = una.endsWith("  ") ? "UNA|^,! ;" : una;
      const document = read(translated(given));
      expect(errors(document)).toEqual([]);
      expect(all(document).map(({ id, elements }) => ({ id, elements }))).toEqual(plain);
      expect(back(document).toString()).toBe(translated(given));
    },
  );

  test("may end a segment with the line break", () => {
    const document = read(ORDER.replace("?'", " ").replaceAll("'\n", "\r\n").replace(/'$/, "\r\n"));
    expect(errors(document)).toEqual([]);
    expect(tolerated(document)).toEqual(["line breaks as segment terminators"]);
    expect(all(document)).toHaveLength(25);
    expect(all(document)[1]!.line).toBe(3);
  });

  test("repeat elements in syntax 4 only", () => {
    const segments = [
      "BGM+220+1+9",
      "DTM+137:20261121:102",
      "NAD+BY+1::9",
      "CTA+OC",
      "COM+a:TE*b:EM",
      "UNS+S",
    ];
    const four = read(interchange("ORDERS", segments, { syntax: "UNOC:4" }));
    expect(errors(four)).toEqual([]);
    const com = (document: EdifactDocument) => all(document).find(({ id }) => id === "COM")!.elements;
    expect(com(four)).toEqual([
      {
        repeats: [
          ["a", "TE"],
          ["b", "EM"],
        ],
      },
    ]);
    expect(back(four).toString()).toBe(interchange("ORDERS", segments, { syntax: "UNOC:4" }));
    expect(com(read(interchange("ORDERS", segments)))).toEqual([["a", "TE*b", "EM"]]);
  });

  test("release themselves, each other and the release character", () => {
    const document = read(
      interchange("ORDERS", ["BGM+220+a?+b?:c?'d??e+9", "DTM+137:20261121:102", "UNS+S"]),
    );
    expect(errors(document)).toEqual([]);
    expect(textOf(all(document)[1], 2)).toBe("a+b:c'd?e");
  });

  test("must differ from each other", () => {
    const document = read(`UNA++.? '${ORDER}`);
    expect(document.problems.map(({ message }) => message)).toEqual([
      `Line 1, segment 0: expected an interchange beginning with UNA or UNB, found UNA naming one character for two services: "UNA++.? '".`,
    ]);
  });
});

describe("characters", () => {
  const named = (name: string) =>
    interchange("ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102", `NAD+BY+1::9++${name}`, "UNS+S"]);
  const nameIn = (document: EdifactDocument) =>
    textOf(
      all(document).find(({ id }) => id === "NAD"),
      4,
    );

  test("of UNOC are Latin-1, of UNOY UTF-8, and both are written back as they came", () => {
    const latin = bytes(named("Müller & Söhne"), "latin1");
    expect(nameIn(parse(latin))).toBe("Müller & Söhne");
    expect(back(parse(latin))).toEqual(latin);
    const wide = bytes(named("Müller Δ 漢字").replace("UNOC", "UNOY"));
    expect(nameIn(parse(wide))).toBe("Müller Δ 漢字");
    expect(back(parse(wide))).toEqual(wide);
  });

  test.each([
    ["UNOD", 0xb3, "ł"],
    ["UNOE", 0xb6, "Ж"],
    ["UNOF", 0xc4, "Δ"],
    ["UNOK", 0xdd, "İ"],
    ["UNOL", 0xa4, "€"],
  ])("of %s are a part of ISO 8859", (syntax, byte, letter) => {
    const text = bytes(named(`x${String.fromCharCode(byte)} y`).replace("UNOC", syntax), "latin1");
    expect(nameIn(parse(text))).toBe(`x${letter} y`);
    expect(back(parse(text))).toEqual(text);
  });

  test("beyond what was declared are read and told", () => {
    const document = read(named("Müller").replace("UNOC", "UNOA"));
    expect(nameIn(document)).toBe("Müller");
    expect(errors(document)).toEqual([]);
    expect(tolerated(document)).toEqual(["characters outside the declared repertoire"]);
    expect(nameIn(read(named("Müller")))).toBe("Müller");
  });

  test("that spell nothing refuse their message", () => {
    const text = bytes(named("Müller").replace("UNS+S", "NAD+SU+1::9++x@y'UNS+S").replace("+6+1", "+7+1"));
    const mixed = Buffer.from(text);
    mixed[mixed.indexOf("@")] = 0xfc;
    expect(errors(parse(text))).toEqual([]);
    expect(errors(parse(mixed))[0]!.message).toContain(
      "expected characters of utf-8, found bytes that spell none",
    );
  });

  test("that are control characters refuse their message", () => {
    expect(errors(read(named("A\0B")))[0]!.message).toBe(
      "Line 1, segment 4 of its message, NAD: expected printable characters, found a control character.",
    );
  });
});

describe("what real senders do", () => {
  test("a byte order mark, blanks and tabs between segments, an empty segment", () => {
    const document = read(`\ufeffUNA:+.? '\n\n  ${ORDER.replaceAll("\n", "\n\t ").replace("UNS", "'UNS")}`);
    expect(errors(document)).toEqual([]);
    expect(tolerated(document)).toEqual(["byte order mark", "blanks before segments"]);
  });

  test.each([1, 7, 15, 80])("lines of %d characters, wrapped anywhere", (width) => {
    const flat = ORDER.replaceAll("\n", "");
    const wrapped = flat.replace(new RegExp(`.{${width}}`, "g"), "$&\r\n");
    const document = read(`UNA:+.? '${wrapped}`);
    expect(errors(document)).toEqual([]);
    expect(tolerated(document)).toEqual(["line breaks inside segments"]);
    const bare = (text: string) => text.replace(/[\r\n]/g, "");
    expect(bare(back(document).toString())).toBe(`UNA:+.? '${flat}`);
  });

  test("an advice without its reserved blank", () => {
    const document = read(`UNA:+.?'${ORDER}`);
    expect(errors(document)).toEqual([]);
    expect(tolerated(document)).toEqual(["service string advice of eight characters"]);
  });

  test("no UNS, prices before amounts, packaging below the line", () => {
    const document = read(
      interchange("ORDERS", [
        "BGM+220+1+9",
        "DTM+137:20261121:102",
        "LIN+1",
        "PRI+AAA:1",
        "MOA+203:2",
        "LIN+2",
        "QTY+21:1",
      ]),
    );
    expect(errors(document)).toEqual([]);
    expect(problemsOf(document).map(({ code, segment }) => [code, segment])).toEqual([
      ["15", "MOA"],
      ["13", "UNS"],
    ]);
  });

  test("several interchanges in one file, each with its own advice", () => {
    const document = read(`${ORDER}\nUNA=*.? ~UNB*UNOA=1*A*B*261121=0930*2~UNZ*0*2~\n${ORDER}`);
    expect(document.interchanges.map(({ reference }) => reference)).toEqual(["IC-0001", "2", "IC-0001"]);
    expect(errors(document)).toEqual([]);
  });

  test("a last segment without its terminator", () => {
    const document = read(ORDER.slice(0, -1));
    expect(errors(document)).toEqual([]);
    expect(tolerated(document)).toEqual(["last terminator missing"]);
  });

  test("messages without a table are read by their envelope and told so", () => {
    const document = read(interchange("QUOTES", ["BGM+310+1+9", "ZZZ+1"]));
    expect(errors(document)).toEqual([]);
    expect(document.interchanges[0]!.groups[0]!.messages[0]).toMatchObject({
      known: false,
      verdict: "accepted",
    });
  });

  test("groups of messages", () => {
    const [unb, ...rest] = ORDER.split("\n");
    const grouped = [
      unb,
      "UNG+ORDERS+A+B+261121:0930+9+UN+D:96A'",
      ...rest.slice(0, -1),
      "UNE+1+9'",
      rest.at(-1),
    ].join("\n");
    const document = read(grouped);
    expect(errors(document)).toEqual([]);
    expect(document.interchanges[0]!.groups[0]).toMatchObject({
      type: "ORDERS",
      reference: "9",
      verdict: "accepted",
    });
    expect(back(document).toString()).toBe(`${grouped}\n`);
    expect(errors(read(grouped.replace("UNE+1+9", "UNE+2+8"))).map(({ message }) => message)).toEqual([
      "Line 28, segment 28, UNE element 1: expected UNE to count 1 messages, found 2.",
      "Line 28, segment 28, UNE element 2: expected UNE to repeat control reference 9, found 8.",
    ]);
  });
});

describe("what is refused, with its place", () => {
  test.each([
    [
      "UNT+25+1",
      "UNT+26+1",
      "Line 26, segment 25 of its message, UNT element 1: expected UNT to count 25 segments, found 26.",
    ],
    [
      "UNT+25+1",
      "UNT+25+2",
      "Line 26, segment 25 of its message, UNT element 2: expected UNT to repeat message reference 1, found 2.",
    ],
    [
      "UNZ+1+IC-0001",
      "UNZ+2+IC-0001",
      "Line 27, segment 27, UNZ element 1: expected UNZ to count 1 messages, found 2.",
    ],
    [
      "UNZ+1+IC-0001",
      "UNZ+1+IC-0002",
      "Line 27, segment 27, UNZ element 2: expected UNZ to repeat control reference IC-0001, found IC-0002.",
    ],
    [
      "\nUNZ+1+IC-0001'",
      "",
      "Line 26, segment 26, UNZ: expected UNZ to end interchange IC-0001, found the end of the file.",
    ],
    ["UNT+25+1'\n", "", "Line 26, segment 25 of its message, UNT: expected UNT to end message 1, found UNZ."],
    [
      "BGM+220+PO-4711+9'\n",
      "",
      "Line 25, segment 24 of its message, BGM: expected the mandatory segment BGM, found UNT without it.",
    ],
    [
      "CUX+2:EUR:9",
      "XYZ+1",
      "Line 13, segment 12 of its message, XYZ in group CTA: expected a segment of the standard, found XYZ.",
    ],
    [
      "LIN+1++4098765100013:EN'\n",
      "",
      "Line 14, segment 13 of its message, PIA in group CUX: expected PIA at its place in the ORDERS, found PIA.",
    ],
    [
      "QTY+21:10:PCE",
      "QTY+21:10A:PCE",
      "Line 17, segment 16 of its message, QTY element 1 component 2: expected a number, found 10A.",
    ],
    [
      "QTY+21:10:PCE",
      "QTY+21",
      "Line 17, segment 16 of its message, QTY element 1 component 2: expected a value, found nothing.",
    ],
    [
      "ORDERS:D:96A",
      ":D:96A",
      "Line 2, segment 1 of its message, UNH element 2 component 1: expected a message type, found nothing.",
    ],
    [
      "UNOC:3",
      "UNOC:9",
      "Line 1, segment 1, UNB element 1 component 2: expected syntax version 1, 2, 3 or 4, found 9.",
    ],
    [
      "+261121:0930",
      "+261321:0930",
      "Line 1, segment 1, UNB element 4 component 1: expected a date YYMMDD or CCYYMMDD, found 261321.",
    ],
  ])("%j as %j", (was, is, message) => {
    expect(ORDER).toContain(was);
    expect(errors(read(ORDER.replace(was, is))).map((found) => found.message)).toContain(message);
  });

  test("one bad message leaves the good ones", () => {
    const messages = ORDER.split("\n").slice(1, -1).join("\n");
    const second = messages.replace("UNH+1+", "UNH+2+").replace("UNT+25+1", "UNT+25+2");
    const document = read(
      ORDER.replace(messages, `${messages.replace("BGM+220+PO-4711+9'\n", "")}\n${second}`).replace(
        "UNZ+1",
        "UNZ+2",
      ),
    );
    const parts = partsOf(document);
    expect(parts).toHaveLength(2);
    expect(parts[0]).toMatchObject({
      name: "ContractBroken",
      facts: { message: "ORDERS", reference: "1", segment: "BGM", code: "13", position: 24, line: 25 },
    });
    expect(parts[1]).toMatchObject({ message: { reference: "2" } });
  });

  test("text that is no EDIFACT", () => {
    expect(() => read("ISA*00*~")).toThrow("expected an interchange beginning with UNA or UNB");
    expect(() => read("")).toThrow(
      "Line 1, segment 0: expected an interchange beginning with UNA or UNB, found nothing.",
    );
    expect(() => parse(bytes(ORDER), { ...LIMITS, documentBytes: 10 })).toThrow("at most 10 bytes");
  });
});

const LIMITS = (await import("./limits.ts")).LIMITS;
