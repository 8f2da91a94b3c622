/**
 * Writes UBL documents by the same layouts they are read by, elements in the order of the schemas.
 *
 * What is written is read back to the same value. A value the reader would refuse (an amount that is no decimal, a
 * required part that is missing) is refused here too, so nothing unsound leaves.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { escapeXml } from "../xml/write.ts";
import { DOCUMENTS, type UblMessage } from "./documents.ts";
import { CAC, CBC, readUbl, SCHEMA } from "./read.ts";
import type { Amount, Basics, Coded, Embedded, Field, Identifier, Layout, Measured } from "./shape.ts";

/** @throws {ContractBroken} when the document lacks a required part or holds a value UBL cannot carry */
export function writeUbl({ kind, body }: Pick<UblMessage, "kind" | "body">): Bytes {
  if (!Object.hasOwn(DOCUMENTS, kind)) {
    throw refused(String(kind), Object.keys(DOCUMENTS).join(", "), "another kind");
  }
  const inside = component(DOCUMENTS[kind] as Layout, body as Record<string, unknown>, kind, 1);
  const bytes = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${kind} xmlns="${SCHEMA}${kind}-2" xmlns:cac="${CAC}" xmlns:cbc="${CBC}">\n` +
      `${inside}</${kind}>\n`,
    "utf8",
  );
  // Nothing leaves that we would not take in: the reader is the judge of forms.
  readUbl(bytes);
  return bytes;
}

function component(layout: Layout, value: Record<string, unknown>, path: string, depth: number): string {
  let xml = "";
  for (const [name, field] of Object.entries(layout)) {
    const held = value[name];
    const items = field.occurs === "many" ? ((held ?? []) as unknown[]) : held === undefined ? [] : [held];
    if (items.length === 0 && (field.occurs === "one" || field.atLeastOne)) {
      throw refused(path, `the field ${name}`, "nothing");
    }
    for (const item of items) xml += element(field, item, `${path}/${name}`, depth);
  }
  return xml;
}

function element(field: Field, value: unknown, path: string, depth: number): string {
  const indent = "  ".repeat(depth);
  if (typeof field.holds === "string") {
    const { text, attributes } = basic(field.holds, value);
    if (text === "" && !(field.holds === "text" && field.occurs === "one" && depth > 1))
      throw refused(path, "a value", "an empty text");
    const written = Object.entries(attributes)
      .map(([name, held]) => (held === undefined ? "" : ` ${name}="${escapeXml(held)}"`))
      .join("");
    return `${indent}<cbc:${field.element}${written}>${escapeXml(text)}</cbc:${field.element}>\n`;
  }
  const inside = component(field.holds, value as Record<string, unknown>, path, depth + 1);
  return `${indent}<cac:${field.element}>\n${inside}${indent}</cac:${field.element}>\n`;
}

interface Written {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

function basic(holds: keyof Basics, value: unknown): Written {
  switch (holds) {
    case "identifier": {
      const { id, scheme } = value as Identifier;
      return { text: id, attributes: { schemeID: scheme } };
    }
    case "coded": {
      const { code, list, name } = value as Coded;
      return { text: code, attributes: { listID: list, name } };
    }
    case "amount": {
      const { amount, currency } = value as Amount;
      return { text: amount, attributes: { currencyID: currency } };
    }
    case "quantity": {
      const { value: quantity, uom } = value as Measured;
      return { text: quantity, attributes: { unitCode: uom } };
    }
    case "binary": {
      const { content, mimeCode, filename } = value as Embedded;
      return { text: content, attributes: { mimeCode, filename } };
    }
    default:
      return { text: String(value), attributes: {} };
  }
}

const refused = (path: string, expected: string, found: string): ContractBroken =>
  new ContractBroken(`${path}: expected ${expected}, found ${found}.`, { facts: { path, expected, found } });
