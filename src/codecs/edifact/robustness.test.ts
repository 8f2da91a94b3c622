/** Whatever arrives, reading ends soon, in bounded memory, with a document or a reason. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { type EdifactEvent, edifact, generate, parse, problemsOf, readEdifact, segmentsOf } from "./codec.ts";
import { interchange, ORDER } from "./fixtures.ts";
import { LIMITS } from "./limits.ts";

async function* inChunks(body: Bytes, size: number): AsyncGenerator<Bytes> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}
const streamed = async (chunks: AsyncIterable<Bytes>, limits = LIMITS): Promise<EdifactEvent[]> => {
  const events: EdifactEvent[] = [];
  for await (const event of readEdifact(chunks, limits)) events.push(event);
  return events;
};
const problems = (events: readonly EdifactEvent[]) =>
  events.flatMap((event) =>
    event.kind === "stray"
      ? [event.problem]
      : event.kind === "message"
        ? [...event.message.problems]
        : event.kind === "group"
          ? [...event.group.problems]
          : [...event.interchange.problems],
  );
const cpuMs = (): number => process.cpuUsage().user / 1_000;

/** A document, or the reason it has none; anything else is a defect. */
function outcome(body: Bytes): unknown {
  try {
    return parse(body);
  } catch (error) {
    if (error instanceof ContractBroken) return error.message;
    throw error;
  }
}

const seeds = [
  ORDER,
  ORDER.replaceAll("\n", ""),
  `UNA=*.? ~${ORDER.replace("l?'", "").replace(/[:+']/g, (mark) => ({ ":": "=", "+": "*", "'": "~" })[mark]!)}`,
  ORDER.replaceAll("'\n", "\n"),
  interchange("DESADV", [
    "BGM+351+1+9",
    "CPS+1",
    "PAC+1++CT",
    "PCI+33E",
    "GIN+BJ+340123450000000018",
    "LIN+1",
    "QTY+12:1",
  ]),
  interchange("ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102", "COM+a:TE*b:EM", "UNS+S"], {
    syntax: "UNOY:4",
  }),
  `\ufeff${ORDER}\n${ORDER}`,
];

describe("hostile input", () => {
  test("2,000 mutated documents are read or refused, each within a second and 64 MB", () => {
    const mutation = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(
        fc.tuple(
          fc.constantFrom("cut", "drop", "put", "repeat", "flip"),
          fc.nat(5_000),
          fc.nat(200),
          fc.constantFrom(
            "'",
            "+",
            ":",
            "?",
            "*",
            "\0",
            "\n",
            "\r",
            "UNH+",
            "UNB+",
            "UNZ+",
            "UNA:+.? '",
            "?????",
            "é",
            "\xff",
            "9".repeat(40),
          ),
        ),
        { minLength: 1, maxLength: 6 },
      ),
    );
    let worst = 0;
    fc.assert(
      fc.property(mutation, ([seed, changes]) => {
        let text = Buffer.from(seed, "utf8").toString("latin1");
        for (const [how, place, length, bit] of changes) {
          const at = place % (text.length + 1);
          if (how === "cut") text = text.slice(0, at);
          else if (how === "drop") text = text.slice(0, at) + text.slice(at + length);
          else if (how === "put") text = text.slice(0, at) + bit + text.slice(at);
          else if (how === "repeat")
            text = text.slice(0, at) + text.slice(at, at + length).repeat(20) + text.slice(at);
          else
            text =
              text.slice(0, at) +
              String.fromCharCode((text.charCodeAt(at) || 0) ^ (length & 255)) +
              text.slice(at + 1);
        }
        const body = Buffer.from(text, "latin1");
        const heap = process.memoryUsage().heapUsed;
        const from = cpuMs();
        const read = outcome(body);
        worst = Math.max(worst, cpuMs() - from);
        expect(cpuMs() - from).toBeLessThan(1_000);
        expect(process.memoryUsage().heapUsed - heap).toBeLessThan(64 * 1_048_576);
        if (
          typeof read === "object" &&
          problemsOf(read as never).every(({ severity }) => severity === "note")
        ) {
          // What is sound can be written, and reads back as the same.
          const written = generate(read as never);
          const again = parse(written);
          expect(again.interchanges.map(shape)).toEqual(
            (read as ReturnType<typeof parse>).interchanges.map(shape),
          );
        }
      }),
      { numRuns: 2_000 },
    );
  }, 120_000);

  test("an order cut off at any byte is refused", () => {
    const body = Buffer.from(ORDER);
    // Without its last terminator it is whole.
    for (let length = 0; length < body.length - 1; length += 1) {
      const read = outcome(body.subarray(0, length));
      if (typeof read === "string") continue;
      const found = problemsOf(read as never).filter(({ severity }) => severity === "error");
      expect(found.length, `cut at ${length}`).toBeGreaterThan(0);
      expect(found[0]!.message).toMatch(/^Line \d+, segment \d+/);
    }
  });

  test("an order reads the same however it is cut into chunks", async () => {
    for (const seed of seeds) {
      const body = Buffer.from(seed);
      const whole = await streamed(inChunks(body, body.length));
      expect(problems(whole)).toEqual(
        problemsOf(parse(body)).sort((one, other) => one.number - other.number),
      );
      for (const size of [1, 2, 7, 64]) expect(await streamed(inChunks(body, size))).toEqual(whole);
    }
  });

  test("chunk borders of the reader itself fall anywhere", async () => {
    const message = ORDER.split("\n").slice(1, -1).join("\n");
    const many = Array.from({ length: 400 }, (_, at) =>
      message.replace("UNH+1+", `UNH+${at}+`).replace("UNT+25+1'", `UNT+25+${at}'`),
    );
    const body = Buffer.from(ORDER.replace(message, many.join("\n")).replace("UNZ+1", "UNZ+400"));
    expect(body.length).toBeGreaterThan(3 * 65_536);
    const events = await streamed(inChunks(body, 10_007));
    expect(problems(events)).toEqual([]);
    expect(events.filter(({ kind }) => kind === "message")).toHaveLength(400);
  });

  test("a million segments in one message are refused at their limit, in flat memory", async () => {
    const head = interchange("ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102"]).split("UNT")[0]!;
    async function* endless(): AsyncGenerator<Bytes> {
      yield Buffer.from(head);
      const chunk = Buffer.from("LIN+1++1:EN'".repeat(5_000));
      for (let count = 0; count < 200; count += 1) yield chunk;
      yield Buffer.from("UNT+1000004+1'UNZ+1+77'");
    }
    const from = cpuMs();
    const events = await streamed(endless());
    expect(cpuMs() - from).toBeLessThan(20_000);
    expect(problems(events).map(({ message }) => message)).toEqual([
      "Line 1, segment 250001 of its message, LIN: expected at most 250000 segments in a message, found more.",
      "Line 1, segment 1000004 of its message, UNS: expected the mandatory segment UNS, found UNT without it.",
    ]);
  }, 60_000);

  test("100 MB in one segment are refused without being kept", async () => {
    const head = interchange("ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102"]).split("UNT")[0]!;
    async function* endless(): AsyncGenerator<Bytes> {
      yield Buffer.from(`${head}FTX+AAI+++`);
      const chunk = Buffer.from("x?'".repeat(100_000));
      for (let count = 0; count < 340; count += 1) yield chunk;
      yield Buffer.from("'UNS+S'UNT+6+1'UNZ+1+77'");
    }
    const heap = process.memoryUsage().heapUsed;
    const events = await streamed(endless());
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100 * 1_048_576);
    expect(problems(events).map(({ message }) => message)).toEqual([
      "Line 1, segment 4 of its message, FTX: expected a segment of at most 1048576 bytes and 5000 parts, found a larger one.",
    ]);
  }, 60_000);

  test("a segment of a hundred thousand parts, and one of release characters, are refused soon", () => {
    for (const bomb of [
      `FTX${"+".repeat(100_000)}`,
      `FTX+${":".repeat(100_000)}`,
      `FTX+${"?".repeat(900_001)}`,
    ]) {
      const from = cpuMs();
      const read = parse(
        Buffer.from(interchange("ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102", bomb, "UNS+S"])),
      );
      expect(cpuMs() - from).toBeLessThan(2_000);
      expect(problemsOf(read).some(({ severity }) => severity === "error")).toBe(true);
    }
  });

  test("noise of any kind is no interchange, and soon known to be none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (body) => {
        expect(typeof outcome(body)).toBe("string");
      }),
      { numRuns: 300 },
    );
    const from = cpuMs();
    expect(typeof outcome(Buffer.from("UNA".repeat(500_000)))).toBe("string");
    expect(typeof outcome(Buffer.from("UNA:+.? '".repeat(20_000)))).toBe("string");
    expect(cpuMs() - from).toBeLessThan(5_000);
  });

  test("a document over its limits is refused by name", () => {
    expect(() => edifact({ documentBytes: 100 }).decode(Buffer.from(ORDER))).toThrow(
      "An EDIFACT document of at most 100 bytes was expected, 691 bytes found. Larger files are read as a stream.",
    );
    expect(() => edifact({ segmentsPerDocument: 10 }).decode(Buffer.from(ORDER))).toThrow(
      "at most 10 segments",
    );
  });
});

const shape = ({ reference, groups }: ReturnType<typeof parse>["interchanges"][number]) => ({
  reference,
  messages: groups.flatMap(({ messages }) =>
    messages.map(({ type, body }) => ({
      type,
      segments: [...segmentsOf(body)].map(({ id, elements }) => [id, elements]),
    })),
  ),
});

describe("any text", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aZ9 '+:?*.,\\~|#éÜ漢~\t&"), maxLength: 30 });
  const elements = fc.array(fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  });

  test("is written so that it reads back as it was", () => {
    fc.assert(
      fc.property(fc.array(elements, { minLength: 1, maxLength: 8 }), fc.boolean(), (segments, four) => {
        const frame = parse(
          Buffer.from(interchange("ZZZZZZ", ["BGM+1"], { syntax: four ? "UNOY:4" : "UNOY:3" })),
        );
        const [only] = frame.interchanges;
        const [message] = only!.groups[0]!.messages;
        const body = [
          message!.body[0]!,
          ...segments.map((elements) => ({ id: "FTX", elements })),
          message!.body.at(-1)!,
        ];
        const document = {
          ...frame,
          interchanges: [{ ...only!, groups: [{ ...only!.groups[0]!, messages: [{ ...message!, body }] }] }],
        };
        const read = parse(generate(document));
        const back = [...segmentsOf(read.interchanges[0]!.groups[0]!.messages[0]!.body)].slice(1, -1);
        expect(back.map(({ elements }) => elements)).toEqual(segments);
      }),
      { numRuns: 300 },
    );
  });
});
