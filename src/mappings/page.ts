/**
 * The page of documentation of a table: what each place is, what is tolerated, what is not carried.
 *
 * It is written from the rows that read and write, so it says what happens. `docs/reference/mappings` is held to it by a test.
 */
import type { Mapping } from "./mappings.ts";
import type { Row, Translation } from "./table.ts";

/** A page in Markdown. `left`: what of a full document no field carries. */
export function page({ sheet }: Mapping<never, never>, left: readonly string[]): string {
  const { format, document, title, translations, tolerated = [], notCarried = {} } = sheet;
  const lines = [
    `# ${format.name}${format.name === document ? "" : ` ${document}`}: ${title.toLowerCase()}`,
    "",
    "Generated from the table that reads and writes it. Places are explained in [the overview](README.md).",
    "",
    ...translations.flatMap((translation) => section(translation)),
    "## Tolerated",
    "",
    ...(tolerated.length === 0
      ? ["Nothing beyond what the codec tolerates."]
      : tolerated.map((one) => `* ${one}`)),
    "",
    "## Not carried",
    "",
    "Every value no row above names is listed with what was read, under `notCarried`. Of the full document of our tests these are:",
    "",
    ...(left.length === 0 ? ["none."] : left.map((one) => `* \`${one}\``)),
    ...(Object.keys(notCarried).length === 0 ? [] : ["", "Why some have no field:", ""]),
    ...Object.entries(notCarried).map(([place, because]) => `* \`${place}\`: ${because}.`),
    "",
  ];
  return lines.join("\n");
}

const WAYS = { in: "read", out: "written", both: "read and written" } as const;

function section({ contract, way, when, from, parts, rows, foot = [], needs }: Translation): string[] {
  const conditions = [
    ...(from === undefined ? [] : [`it comes from a ${from}`]),
    ...(when ?? []).map(
      ([place, ...values]) => `\`${place}\` is ${values.map((one) => one || "empty").join(", ")}`,
    ),
  ];
  return [
    `## \`${contract.name}\`, ${WAYS[way]}`,
    "",
    ...(conditions.length === 0 ? [] : [`When ${conditions.join(" and ")}.`, ""]),
    ...(parts
      ? [`One message for each \`${parts.map(({ place }) => place).join("` in each `")}\`.`, ""]
      : []),
    ...(needs ? [`Written only with ${needs.map((one) => `\`${one}\``).join(", ")}.`, ""] : []),
    "| Place | Field | Value |",
    "|---|---|---|",
    ...[...rows, ...foot].flatMap((row) => told(row, "", "")),
    "",
  ];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => (text === "" ? "" : `\`${cell(text)}\``);

function told(row: Row, at: string, path: string): string[] {
  const line = (place: string, field: string, value: string) => [`| ${place} | ${field} | ${cell(value)} |`];
  const inside = (place: string): string =>
    at === "" || /^[\^<]/.test(place) ? place : place === "" ? at : `${at}/${place}`;
  switch (row.row) {
    case "field": {
      const places = row.places.map((place) => code(inside(place))).join(" with ");
      const otherwise = row.otherwise ? "; absent: as agreed or derived" : "";
      return line(places, code(`${path}${row.path}`), `${row.kind.name}${otherwise}`);
    }
    case "repeats":
      return line(code(inside(row.place)), "", `${row.says}${row.refuse ? "; otherwise refused" : ""}`);
    case "given":
      return line("", code(`${path}${row.path}`), row.says);
    case "each":
      return [
        ...line(`each ${code(inside(row.place))}`, code(`${path}${row.path}[]`), ""),
        ...row.rows.flatMap((one) => told(one, inside(row.place), `${path}${row.path}[].`)),
      ];
  }
}
