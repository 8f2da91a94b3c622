/**
 * IDocs as XML: the type is the root, each `IDOC` has its control record, each segment is marked `SEGMENT="1"`.
 *
 * Attributes that no IDoc has are fields by what they stand at: `@own` of a segment, `MENGE@own` of a field; of the elements
 * around, `IDOC@own` and `ORDERS05@own` of the control record.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { brokenAt, parseXml, type XmlElement, type XmlLimits } from "../xml/tree.ts";
import { escapeXml } from "../xml/write.ts";
import { brokenIn } from "./place.ts";
import type { Idoc, IdocFile, IdocSegment } from "./segments.ts";

/** @throws {ContractBroken} with `line` and `path` */
export function readIdocXml(body: Bytes, limits: Partial<XmlLimits>): IdocFile {
  const made = new Map<XmlElement, Idoc>();
  const fold = (element: XmlElement) => {
    if (element.name !== "IDOC" || element.parent?.parent !== undefined || element.parent === undefined)
      return false;
    made.set(element, idocOf(element));
    return true;
  };
  try {
    return fileOf(parseXml(body, limits, fold), (element) => made.get(element) ?? idocOf(element));
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    // Which of how many IDocs it was is known only when all are there.
    return fileOf(parseXml(body, limits), idocOf);
  }
}

function fileOf(root: XmlElement, idocAt: (element: XmlElement) => Idoc): IdocFile {
  const idocs = root.children.filter(({ name }) => name === "IDOC");
  if (idocs.length === 0) throw brokenAt(root, "the element IDOC", root.children[0]?.name ?? "nothing");
  const other = root.children.find(({ name }) => name !== "IDOC");
  if (other) throw brokenAt(other, "IDOC", other.name);
  return { form: { syntax: "xml" }, idocs: idocs.map(idocAt) };
}

function idocOf(idoc: XmlElement): Idoc {
  const [first, ...rest] = idoc.children;
  if (first?.name !== "EDI_DC40" && first?.name !== "EDI_DC") {
    throw brokenAt(first ?? idoc, "the control record EDI_DC40 first", first?.name ?? "nothing");
  }
  const control = segmentOf(first);
  if (control.children.length > 0) throw brokenAt(first, "fields only", control.children[0]!.type);
  if ((control.fields.IDOCTYP ?? control.fields.DOCTYP ?? "") === "") {
    throw brokenAt(first, "the type of the IDoc in IDOCTYP", "nothing");
  }
  if (rest.length === 0) throw brokenAt(idoc, "segments", "none");
  for (const one of rest) {
    if (!isSegment(one)) throw brokenAt(one, 'a segment, marked SEGMENT="1"', one.name);
  }
  const around = idoc.parent === undefined ? {} : ownOf(idoc.parent, idoc.parent.name);
  return {
    control: { ...control.fields, ...ownOf(idoc, idoc.name), ...around },
    segments: rest.map(segmentOf),
  };
}

/** Some senders leave the mark out of segments; having elements inside is mark enough. */
const isSegment = (element: XmlElement): boolean =>
  element.attributes.has("SEGMENT") || element.children.length > 0 || /^Z?E1|^Z1/.test(element.name);

const NO_FIELDS: Readonly<Record<string, string>> = Object.freeze({});

/** Attributes beside the marks of the format. */
function ownOf({ attributes }: XmlElement, at: string): Readonly<Record<string, string>> {
  if (attributes.size === 0 || (attributes.size === 1 && attributes.has("SEGMENT"))) return NO_FIELDS;
  const own = [...attributes].filter(
    ([name]) => name !== "SEGMENT" && name !== "BEGIN" && !/^xmlns(?::|$)|^xsi:/.test(name),
  );
  return Object.fromEntries(own.map(([name, value]) => [`${at}@${name}`, value]));
}

function segmentOf(element: XmlElement): IdocSegment {
  if (element.text.trim() !== "") throw brokenAt(element, "elements only", "text");
  const fields: Record<string, string> = { ...ownOf(element, "") };
  const children: IdocSegment[] = [];
  const empty = new Set<string>();
  for (const inner of element.children) {
    if (isSegment(inner)) {
      children.push(segmentOf(inner));
      continue;
    }
    if (Object.hasOwn(fields, inner.name) || empty.has(inner.name))
      throw brokenAt(inner, `the field ${inner.name} once`, "it again");
    if (inner.attributes.size > 0) Object.assign(fields, ownOf(inner, inner.name));
    const value = inner.text.trimEnd();
    if (value === "") empty.add(inner.name);
    else fields[inner.name] = value;
  }
  return { type: element.name, fields, children, line: element.line };
}

/** The root of all is the type of the first; one file holds IDocs of one type. */
export function writeIdocXml(idocs: readonly Idoc[]): string {
  const type = idocs[0]?.control.IDOCTYP ?? idocs[0]?.control.DOCTYP ?? "";
  const other = idocs.find(({ control }) => (control.IDOCTYP ?? control.DOCTYP) !== type);
  if (other)
    throw brokenIn(undefined, "EDI_DC40", `IDocs of the type ${type}`, other.control.IDOCTYP ?? "none");
  const write = (one: IdocSegment, depth: number): string => {
    if (one.rest !== undefined)
      throw brokenIn(one.line, one.type, "named fields only", "text without a layout");
    const indent = "  ".repeat(depth);
    const fields = Object.entries(one.fields)
      .filter(([name]) => !name.includes("@"))
      .map(
        ([name, value]) =>
          `${indent}  <${nameOf(name)}${attributes(one.fields, name)}>${escapeXml(value)}</${name}>\n`,
      )
      .join("");
    const children = one.children.map((child) => write(child, depth + 1)).join("");
    return `${indent}<${nameOf(one.type)} SEGMENT="1"${attributes(one.fields, "")}>\n${fields}${children}${indent}</${one.type}>\n`;
  };
  const inside = idocs.map(({ control, segments }) => {
    const head = write({ type: "EDI_DC40", fields: { ...control, TABNAM: "EDI_DC40" }, children: [] }, 2);
    return `  <IDOC BEGIN="1"${attributes(control, "IDOC")}>\n${head}${segments.map((one) => write(one, 2)).join("")}  </IDOC>\n`;
  });
  const root = `${nameOf(type)}${attributes(idocs[0]?.control ?? {}, type)}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>\n${inside.join("")}</${type}>\n`;
}

/** The attributes that fields named by them say stand at an element. */
const attributes = (fields: Readonly<Record<string, string>>, at: string): string =>
  Object.entries(fields)
    .filter(([name]) => name.startsWith(`${at}@`))
    .map(([name, value]) => ` ${attributeName(name.slice(at.length + 1))}="${escapeXml(value)}"`)
    .join("");

function attributeName(name: string): string {
  if (/^[A-Za-z_][\w.-]*$/.test(name)) return name;
  throw brokenIn(undefined, name || "attribute", "an attribute without a prefix", name || "none");
}

function nameOf(name: string): string {
  // A slash of SAP's namespaces is `_-` in XML: `/ACME/PUMP` is `_-ACME_-PUMP`.
  if (!/^[A-Z_][A-Z0-9_-]{0,39}$/.test(name))
    throw brokenIn(undefined, name || "segment", "a name XML can carry", name || "none");
  return name;
}
