/** The reader keeps the envelope strictly, tolerates what real senders do, and says where and why it refuses. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import {
  generate,
  parse,
  partsOf,
  problemsOf,
  readX12,
  segmentsOf,
  type X12Document,
  type X12Event,
} from "./codec.ts";
import { bytes, interchange, isa, ORDER, order } from "./fixtures.ts";

const errors = (document: X12Document) => problemsOf(document).filter(({ severity }) => severity === "error");
const sets = ({ interchanges }: X12Document) =>
  interchanges.flatMap(({ groups }) => groups.flatMap((group) => group.sets));
const ids = (document: X12Document) =>
  sets(document).map(({ body }) => [...segmentsOf(body)].map(({ id }) => id).join(" "));

/** One line of text, so that line breaks and delimiters do not count. */
const plain = (body: Uint8Array) =>
  Buffer.from(body)
    .toString("latin1")
    .replace(/[\r\n]/g, "");

async function events(body: Uint8Array, size: number): Promise<X12Event[]> {
  async function* pieces() {
    for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
  }
  const told: X12Event[] = [];
  for await (const event of readX12(pieces())) told.push(event);
  return told;
}

test("an order is read with its envelope, its loops and every element as text", () => {
  const document = parse(bytes(interchange(ORDER)));
  expect(errors(document)).toEqual([]);
  expect(document.interchanges[0]).toMatchObject({
    sender: { qualifier: "ZZ", id: "ACME" },
    receiver: { qualifier: "ZZ", id: "MERIDIAN" },
    version: "00401",
    controlNumber: "000000012",
    usage: "P",
    delimiters: { element: "*", component: ">", segment: "~" },
    lineBreak: "\n",
    tolerated: [],
    verdict: "accepted",
  });
  expect(sets(document)[0]).toMatchObject({
    type: "850",
    controlNumber: "0001",
    known: true,
    verdict: "accepted",
  });
  expect(sets(document)[0]?.body).toContainEqual({
    loop: "PO1",
    children: [
      { id: "PO1", elements: ["1", "2", "EA", "500.00", "", "VN", "PUMP-100"], line: 10, position: 8 },
      { loop: "PID", children: [{ id: "PID", elements: ["F", "", "", "", "Pump"], line: 11, position: 9 }] },
    ],
  });
});

describe("delimiters are taken from the header", () => {
  test.each([
    ["~", ""],
    ["~", "\n"],
    ["~", "\r\n"],
    ["\n", ""],
    ["\r\n", ""],
    ["\r", ""],
    ["\x1d", ""],
    ["'", "\n"],
    ["~~", "\n"],
    ["…", "\n"],
    ["\x85", ""],
  ])("segments ending in %j, lines in %j", (segment, lineBreak) => {
    const body = bytes(interchange(ORDER, { segment, lineBreak }));
    const document = parse(body);
    expect(errors(document)).toEqual([]);
    expect(ids(document)).toEqual(["ST BEG CUR REF N1 N3 N4 PO1 PID PO1 CTT SE"]);
    expect(plain(generate(document))).toBe(plain(body));
  });

  test.each(["|", "^", "\x1f", "+", ","])("elements separated by %j", (element) => {
    const document = parse(bytes(interchange(ORDER, { element })));
    expect(errors(document)).toEqual([]);
    expect(ids(document)).toHaveLength(1);
  });

  test("several interchanges of one file each with their own", () => {
    const file =
      interchange(ORDER) +
      interchange(ORDER, { element: "|", segment: "\n", component: ":" }) +
      interchange(ORDER, { segment: "'" });
    const document = parse(bytes(file));
    expect(errors(document)).toEqual([]);
    expect(document.interchanges.map(({ delimiters }) => delimiters.element)).toEqual(["*", "|", "*"]);
    expect(plain(generate(document))).toBe(plain(bytes(file)));
  });

  test("a repetition separator counts from version 00402 on, and only where an element may repeat", () => {
    const body = interchange("AK1*PO*1\nAK2*850*0001\nIK3*PO1*4**8\nCTX*A:1^B:2\nIK5*R*5\nAK9*R*1*1*0", {
      type: "999",
      version: "00501",
      repetition: "^",
      component: ":",
    });
    const document = parse(bytes(body));
    expect(errors(document)).toEqual([]);
    const found = [...segmentsOf(sets(document)[0]!.body)];
    expect(found.find(({ id }) => id === "CTX")?.elements).toEqual([
      {
        repeats: [
          ["A", "1"],
          ["B", "2"],
        ],
      },
    ]);
    const dashed = parse(bytes(interchange(order(["REF*CO*A-1"]), { version: "00406", repetition: "-" })));
    expect([...segmentsOf(sets(dashed)[0]!.body)].find(({ id }) => id === "REF")?.elements).toEqual([
      "CO",
      "A-1",
    ]);
  });
});

describe("tolerated, and said", () => {
  const tolerated = (text: string) => {
    const document = parse(typeof text === "string" ? bytes(text) : text);
    expect(errors(document)).toEqual([]);
    expect(ids(document)[0]).toContain("ST BEG");
    return document.interchanges[0]!.tolerated.map(({ what }) => what);
  };
  const sound = interchange(ORDER);

  test.each([
    ["byte order mark", `\ufeff${sound}`],
    ["blanks before segments", sound.replaceAll("~\n", "~\n\t  ")],
    ["line breaks inside segments", sound.replaceAll("~\n", "~").replace(/.{80}/g, "$&\r\n")],
    ["line breaks inside segments", sound.replace("*ZZ*MERIDIAN ", "*ZZ\n*MERIDIAN ")],
    ["header elements not padded", sound.replace(/ +\*/g, "*")],
    ["header elements not padded", sound.replace("MERIDIAN       *", "MERIDIAN         *")],
    ["header date of eight digits", sound.replace("*261121*0900*U", "*20261121*0900*U")],
    ["no component separator", sound.replace("*P*>~\n", "*P*~").replaceAll("~\n", "~")],
    ["component separator before the line end", sound.replace("*P*>~\n", "*P*~\n")],
    ["last terminator missing", sound.trimEnd().slice(0, -1)],
    ["control number padded differently", sound.replace("IEA*1*000000012", "IEA*1*12")],
  ])("%s", (what, text) => {
    expect(tolerated(text)).toContain(what);
  });

  test("Latin-1 text, which is written back as it came", () => {
    const body = Buffer.from(interchange(order(["N1*ST*Zürich Lager"])), "latin1");
    const document = parse(body);
    expect(document.interchanges[0]).toMatchObject({
      encoding: "latin-1",
      tolerated: [{ what: "not utf-8" }],
    });
    expect([...segmentsOf(sets(document)[0]!.body)].find(({ id }) => id === "N1")?.elements[1]).toBe(
      "Zürich Lager",
    );
    expect(plain(generate(document))).toBe(plain(body));
  });

  test("a component separator of no ASCII beside text in UTF-8 parts it, and is written back byte for byte", () => {
    const set = order(["N1*ST*Zürich Lager", "MEA*PD*WT*5*KG>2"]);
    const body = Buffer.from(interchange(set).replaceAll(">", "\u00a6"));
    const document = parse(body);
    expect(errors(document)).toEqual([]);
    const segments = [...segmentsOf(sets(document)[0]!.body)];
    expect(segments.find(({ id }) => id === "N1")?.elements[1]).toBe("Zürich Lager");
    expect(segments.find(({ id }) => id === "MEA")?.elements[3]).toEqual(["KG", "2"]);
    expect(Buffer.from(generate(document))).toEqual(body);
  });

  test("blank lines, blanks at the end, and the mark old systems end a file with", () => {
    expect(errors(parse(bytes(`\n\n${interchange(ORDER)}\n  \n\x1a`)))).toEqual([]);
  });

  test("details in another order, other segments of the standard, long texts and codes: noted, not refused", () => {
    const set = [
      "PO1*1*2*EA***VN*PUMP-100",
      "DTM*002*20261130",
      "REF*CO*77",
      "TFS*T2*X",
      `MSG*${"x".repeat(300)}`,
    ];
    const document = parse(bytes(interchange(["BEG*00*NE*PO-7**20261121", ...set, "CTT*1"].join("\n"))));
    expect(errors(document)).toEqual([]);
    expect(sets(document)[0]?.verdict).toBe("accepted with errors");
    expect(
      problemsOf(document).map(({ code, segment, severity }) => `${severity} ${segment} ${code}`),
    ).toEqual(["note REF 7", "note TFS 6", "note MSG 5"]);
  });
});

describe("refused, with line, code and both sides", () => {
  const sound = interchange(ORDER);
  const first = (text: string) => errors(parse(bytes(text)))[0];

  test.each([
    ["a wrong SE01", sound.replace("SE*12", "SE*13"), { level: "set", code: "4", line: 14, found: "13" }],
    [
      "an SE02 that is not ST02",
      sound.replace("SE*12*0001", "SE*12*0002"),
      { level: "set", code: "3", line: 14 },
    ],
    ["no SE", sound.replace("SE*12*0001~\n", ""), { level: "set", code: "2", found: "GE" }],
    ["a wrong GE01", sound.replace("GE*1*", "GE*2*"), { level: "group", code: "5", line: 15 }],
    ["a GE02 that is not GS06", sound.replace("GE*1*12", "GE*1*13"), { level: "group", code: "4" }],
    ["no GE", sound.replace("GE*1*12~\n", ""), { level: "group", code: "3", found: "IEA" }],
    ["a wrong IEA01", sound.replace("IEA*1", "IEA*2"), { level: "interchange", code: "021", line: 16 }],
    [
      "an IEA02 that is not ISA13",
      sound.replace("IEA*1*000000012", "IEA*1*000000021"),
      { level: "interchange", code: "001" },
    ],
    [
      "no IEA",
      sound.replace("IEA*1*000000012~\n", ""),
      { level: "interchange", code: "023", found: "the end of the file" },
    ],
    [
      "a missing mandatory segment",
      interchange("REF*CO*1\nPO1*1*2*EA\nCTT*1"),
      { level: "segment", code: "3", segment: "BEG" },
    ],
    [
      "a mandatory segment twice",
      interchange(order(["BEG*00*NE*PO-8**20261121"])),
      { code: "5", segment: "BEG" },
    ],
    [
      "a segment of the wrong area",
      interchange(order(["CTT*1", "PO1*1*2*EA"])),
      { code: "2", segment: "PO1" },
    ],
    ["a segment no standard knows", interchange(order(["XYZ*1"])), { code: "1", segment: "XYZ", line: 5 }],
    ["a lower case or broken identifier", interchange(order(["po1*1"])), { code: "1", line: 5 }],
    [
      "a missing mandatory element",
      interchange(order(["REF**77"])),
      { level: "element", code: "1", segment: "REF", element: 1 },
    ],
    [
      "a date the calendar does not have",
      interchange(order(["DTM*002*20260230"])),
      { code: "8", element: 2, found: "20260230" },
    ],
    [
      "a time the clock does not have",
      interchange(order(["DTM*002*20260228*2560"])),
      { code: "9", element: 3 },
    ],
    ["a number with letters", interchange(order(["PO1*1*2O*EA"])), { code: "6", element: 2, found: "2O" }],
    [
      "a number with thousands separators",
      interchange(order(["AMT*TT*1,000.00"])),
      { code: "6", element: 2 },
    ],
    ["too many digits", interchange(order(["PO1*1*1234567890123456*EA"])), { code: "5", element: 2 }],
    ["a NUL", interchange(order(["MSG*a\0b"])), { code: "8", found: "a control character" }],
    [
      "a bad ISA date",
      sound.replace("*261121*0900*U", "*269921*0900*U"),
      { level: "interchange", code: "014", line: 1 },
    ],
    [
      "a bad GS date",
      sound.replace("*20261121*0900*12", "*TODAY*0900*12"),
      { level: "group", line: 2, segment: "GS" },
    ],
    ["a segment between sets", sound.replace("GE*1", "N1*ST*X~\nGE*1"), { level: "group", found: '"N1"' }],
    [
      "a set outside a group",
      sound.replace(/GS.*\n/, "").replace(/GE.*\n/, ""),
      { level: "interchange", code: "024" },
    ],
    ["text between interchanges", `${sound}hello\n${sound}`, { code: "022", line: 17 }],
  ])("%s", (_, text, expected) => {
    expect(first(text)).toMatchObject(expected);
  });

  test.each([
    ["nothing", ""],
    ["no header", sound.slice(sound.indexOf("GS"))],
    ["a header of fifteen elements", sound.replace("*U*00401", "*U")],
    ["a header cut short", sound.slice(0, 60)],
    ["a letter as terminator", sound.replaceAll("~\n", "Q")],
    ["other text", "UNB+UNOA:1+A+B'"],
  ])("%s: there is no interchange, and decode says so", (_, text) => {
    expect(() => parse(bytes(text))).toThrow(ContractBroken);
  });

  test("one bad set does not hide the good ones; a bad group takes its sets with it", () => {
    const good = "BEG*00*NE*PO-7**20261121\nPO1*1*2*EA\nCTT*1";
    const bad = "BEG*00*NE*PO-8**20261399\nPO1*1*2*EA\nCTT*1";
    const file = `${isa() + group([good, bad, good])}IEA*1*000000012~\n`;
    const parts = partsOf(parse(bytes(file)));
    expect(parts.map((part) => part instanceof ContractBroken)).toEqual([false, true, false]);
    expect((parts[1] as ContractBroken).facts).toMatchObject({
      set: "850",
      controlNumber: "0002",
      line: 9,
      code: "8",
    });
    const cut = partsOf(parse(bytes(file.replace("GE*3", "GE*4"))));
    expect(cut.every((part) => part instanceof ContractBroken)).toBe(true);
  });

  const group = (bodies: readonly string[]) => {
    const written = bodies.map((body, at) => {
      const control = String(at + 1).padStart(4, "0");
      const lines = body.split("\n");
      return [`ST*850*${control}`, ...lines, `SE*${lines.length + 2}*${control}`]
        .map((line) => `${line}~\n`)
        .join("");
    });
    return `GS*PO*ACME*MERIDIAN*20261121*0900*12*X*004010~\n${written.join("")}GE*${bodies.length}*12~\n`;
  };
});

test.each(["000000012", "000000000"])(
  "cut off at any byte, a file numbered %s is refused and never taken for whole",
  (number) => {
    const whole = interchange(ORDER, { lineBreak: "" }).replaceAll("000000012", number);
    for (let length = 0; length < whole.length - 1; length += 1) {
      let sound = false;
      try {
        sound = errors(parse(bytes(whole.slice(0, length)))).length === 0;
      } catch (error) {
        expect(error).toBeInstanceOf(ContractBroken);
      }
      expect(sound, `cut at ${length}`).toBe(false);
    }
  },
);

test("a set without a table is held to its envelope and its elements, and said to be unknown", () => {
  const document = parse(
    bytes(interchange("BHT*0019*00*1\nZZ9*any>thing", { type: "276", functionalId: "HR" })),
  );
  expect(sets(document)[0]).toMatchObject({
    type: "276",
    known: false,
    verdict: "accepted",
    segmentCount: 4,
  });
});

test("binary content may hold delimiters", () => {
  const body = "BIN*9*ab~cd*e\nf".replace("\n", "~");
  const text = `${isa({ lineBreak: "" })}GS*PI*A*B*20261121*0900*12*X*005010~ST*275*0001~${body}~SE*3*0001~GE*1*12~IEA*1*000000012~`;
  const document = parse(bytes(text));
  expect(errors(document)).toEqual([]);
  expect([...segmentsOf(sets(document)[0]!.body)][1]?.elements).toEqual(["9", "ab~cd*e~f"]);
  expect(plain(generate(document))).toBe(plain(bytes(text)));
});

describe("a stream", () => {
  test("tells the same, however it is cut", async () => {
    const file = bytes(
      interchange(ORDER) + interchange(ORDER, { element: "|", segment: "…", lineBreak: "" }),
    );
    const expected = await events(file, file.length);
    expect(expected.map(({ kind }) => kind)).toEqual([
      "set",
      "group",
      "interchange",
      "set",
      "group",
      "interchange",
    ]);
    for (const size of [1, 3, 64, 500]) expect(await events(file, size)).toEqual(expected);
  });

  test("that holds nothing says so", async () => {
    expect(await events(bytes("  \n"), 10)).toMatchObject([{ kind: "stray", problem: { found: "nothing" } }]);
  });
});

describe("hostile input", () => {
  const within = async (body: () => AsyncIterable<Uint8Array>, ms: number, bytesMore: number) => {
    const memory = process.memoryUsage().rss;
    const from = performance.now();
    const kinds: string[] = [];
    const problems: string[] = [];
    for await (const event of readX12(body())) {
      kinds.push(event.kind);
      if (event.kind === "set") problems.push(...event.set.problems.map(({ code }) => code));
    }
    expect(performance.now() - from).toBeLessThan(ms);
    expect(process.memoryUsage().rss - memory).toBeLessThan(bytesMore);
    return { kinds, problems };
  };
  const head = `${isa({ lineBreak: "" })}GS*PO*A*B*20261121*0900*12*X*004010~ST*850*0001~BEG*00*NE*PO-7**20261121~`;
  const tail = "CTT*1~SE*5*0001~GE*1*12~IEA*1*000000012~";

  test("a hundred megabytes without a terminator are one refused segment, not a hundred megabytes of memory", async () => {
    async function* huge() {
      yield bytes(`${head}MSG*`);
      const piece = new Uint8Array(1_048_576).fill(120);
      for (let at = 0; at < 100; at += 1) yield piece;
      yield bytes(`~${tail}`);
    }
    const { problems } = await within(huge, 20_000, 200_000_000);
    expect(problems).toContain("8");
  });

  test("a million segments in one set are refused at the limit", async () => {
    async function* many() {
      yield bytes(head);
      const piece = bytes("MSG*x~".repeat(10_000));
      for (let at = 0; at < 100; at += 1) yield piece;
      yield bytes(tail);
    }
    const { problems } = await within(many, 20_000, 400_000_000);
    expect(problems).toContain("5");
  });

  test("a million broken headers are one finding, and empty interchanges without number are too many", async () => {
    async function* headers() {
      for (let at = 0; at < 100; at += 1) yield bytes("ISA*".repeat(10_000));
    }
    expect((await within(headers, 20_000, 200_000_000)).kinds).toEqual(["stray"]);
    const empty = bytes(`${isa()}IEA*0*000000012~\n`.repeat(101_000));
    expect(() => parse(empty)).toThrow("at most 1000000 segments");
  });

  test("any bytes at all are read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, headed) => {
        try {
          parse(headed ? Buffer.concat([bytes(isa()), noise]) : noise);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractBroken);
        }
      }),
      { numRuns: 500 },
    );
  });
});
