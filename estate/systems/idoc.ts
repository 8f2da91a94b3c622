/**
 * Flat IDocs as an old SAP writes them to a port: a control record of 524 characters, data records of 63 and 1,000.
 *
 * Written from the segment definitions, apart from Crossdock's codec, because it is the other side of the conversation. What must stay
 * true: every field stands at its place, and a child names the number of its parent.
 */

/** Where a field starts within its record, and what stands there. */
export type Placed = readonly (readonly [offset: number, text: string])[];

export interface FlatSegment {
  readonly name: string;
  readonly fields: Placed;
  readonly children?: readonly FlatSegment[];
}

export interface Control {
  readonly number: number;
  /** `ORDERS05`, and `ORDERS`. */
  readonly type: string;
  readonly message: string;
  readonly partner: string;
}

function record(width: number, fields: Placed): string {
  const text = [...fields]
    .sort(([one], [other]) => one - other)
    .reduce((so_far, [offset, value]) => so_far.padEnd(offset) + value, "");
  return text.padEnd(width);
}

export function flatIdoc(
  { number, type, message, partner }: Control,
  segments: readonly FlatSegment[],
): string {
  const document = String(number).padStart(16, "0");
  const lines = [
    record(524, [
      [0, "EDI_DC40"],
      [10, "100"],
      [13, document],
      [29, "740"],
      [33, "30"],
      [35, "2"],
      [39, type],
      [99, message],
      [148, "SAPOLD"],
      [158, "LS"],
      [162, "OLDERP"],
      [263, "CROSSDOCK"],
      [273, "KU"],
      [277, partner],
    ]),
  ];
  const write = (segment: FlatSegment, parent: number, level: number): void => {
    const own = lines.length;
    const head = record(63, [
      [0, segment.name],
      [30, "100"],
      [33, document],
      [49, String(own).padStart(6, "0")],
      [55, String(parent).padStart(6, "0")],
      [61, String(level).padStart(2, "0")],
    ]);
    lines.push(head + record(1000, segment.fields));
    for (const child of segment.children ?? []) write(child, own, level + 1);
  };
  for (const segment of segments) write(segment, 0, 2);
  return `${lines.join("\n")}\n`;
}

/** One segment as it is read: its name without the release, and its thousand characters. */
export interface ReadSegment {
  readonly name: string;
  readonly at: (offset: number, width: number) => string;
}

/** Reads one flat IDoc; throws an Error that says what is wrong. */
export function readFlatIdoc(text: string): {
  readonly message: string;
  readonly number: string;
  readonly segments: readonly ReadSegment[];
} {
  const [control = "", ...records] = text.split("\n").filter((line) => line.trim() !== "");
  if (!control.startsWith("EDI_DC40")) throw new Error("The file does not start with EDI_DC40.");
  return {
    message: control.slice(99, 129).trim(),
    number: control.slice(13, 29).trim(),
    segments: records.map((line) => ({
      name: line
        .slice(0, 30)
        .trim()
        .replace(/^E2/, "E1")
        .replace(/\d{3}$/, ""),
      at: (offset, width) => line.slice(63 + offset, 63 + offset + width).trim(),
    })),
  };
}
