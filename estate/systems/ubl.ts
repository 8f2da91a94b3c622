/**
 * ACME's own UBL 2.1: the Order it writes, and how it reads OrderResponse, DespatchAdvice and Invoice of Meridian's.
 *
 * Written from the schemas, apart from Crossdock's codec. What must stay true: text is escaped, and a document without its number,
 * its order or the item of a line is an error with a reason, never half a fact.
 */
import { cents, milli, money, quantity } from "../kernel/decimal.ts";
import type { Said, SaidLine } from "./acme-books.ts";
import type { PartnerAddress, PartnerLine } from "./x12.ts";

const NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:";
const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const named = (element: string, text: string, attribute = "") =>
  `<cbc:${element}${attribute}>${escaped(text)}</cbc:${element}>`;
const inside = (element: string, ...content: readonly string[]) =>
  `<cac:${element}>${content.join("")}</cac:${element}>`;
const party = (role: string, name: string) =>
  inside(role, inside("Party", inside("PartyName", named("Name", name))));

export function orderDocument(
  po: string,
  lines: readonly PartnerLine[],
  requested: string,
  to: PartnerAddress,
  at: Date,
): string {
  const address = inside(
    "DeliveryAddress",
    named("StreetName", to.street),
    named("CityName", to.city),
    named("PostalZone", to.postalCode),
    inside("Country", named("IdentificationCode", to.country)),
  );
  const period = inside("RequestedDeliveryPeriod", named("EndDate", requested));
  const toWhom = inside("DeliveryParty", inside("PartyName", named("Name", to.name)));
  return `<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="${NAMESPACE}Order-2" xmlns:cac="${NAMESPACE}CommonAggregateComponents-2" xmlns:cbc="${NAMESPACE}CommonBasicComponents-2">
${named("UBLVersionID", "2.1")}
${named("ID", po)}
${named("IssueDate", at.toISOString().slice(0, 10))}
${named("DocumentCurrencyCode", "EUR")}
${party("BuyerCustomerParty", "ACME CORP")}
${party("SellerSupplierParty", "MERIDIAN")}
${inside("Delivery", address, period, toWhom)}
${lines
  .map(({ line, sku, quantity: ordered, unit, price }) =>
    inside(
      "OrderLine",
      inside(
        "LineItem",
        named("ID", line),
        named("Quantity", ordered, ` unitCode="${unit}"`),
        inside(
          "Price",
          named("PriceAmount", price, ' currencyID="EUR"'),
          named("BaseQuantity", "1", ` unitCode="${unit}"`),
        ),
        inside("Item", named("Name", sku), inside("SellersItemIdentification", named("ID", sku))),
      ),
    ),
  )
  .join("\n")}
</Order>
`;
}

/** Every element of a name, with what it holds; elements of one name do not hold each other here. */
const all = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}(?:\\s[^>]*)?>([\\s\\S]*?)</${element}>`, "g"))].map(
    ([, content = ""]) => content,
  );
const unescaped = (text: string) =>
  text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");

function first(xml: string, ...path: readonly string[]): string {
  let at = xml;
  for (const element of path) at = all(at, element)[0] ?? "";
  return unescaped(at.trim());
}

function must(xml: string, ...path: readonly string[]): string {
  const found = first(xml, ...path);
  if (found === "") throw new Error(`${path.join("/")} says nothing.`);
  return found;
}

/** What a document says, and the number it is told from others by. */
export function heardUbl(text: string): { readonly control: string; readonly said: Said } {
  const [, root = ""] = /<(?:\w+:)?(OrderResponse|DespatchAdvice|Invoice)[\s>]/.exec(text) ?? [];
  // The number of the document stands before its first part.
  const id = must(text, "cbc:ID");
  const control = `${root}/${id}`;
  const lineOf = (xml: string, quantityOf: string): SaidLine => ({
    line: first(xml, "cbc:LineID") || must(xml, "cbc:ID"),
    sku: must(xml, "cac:Item", "cac:SellersItemIdentification", "cbc:ID"),
    quantity: quantity(milli(must(xml, quantityOf), quantityOf)),
    unit: new RegExp(`<${quantityOf}[^>]*unitCode="(\\w+)"`).exec(xml)?.[1] ?? "EA",
  });
  const poNumber = must(text, "cac:OrderReference", "cbc:ID");
  if (root === "OrderResponse") {
    const types: Readonly<Record<string, string>> = { AP: "AD", CA: "AC", RE: "RD" };
    const answer = must(text, "cbc:OrderResponseCode");
    const lines = all(text, "cac:OrderLine").map((xml) => lineOf(xml, "cbc:Quantity"));
    return {
      control,
      said: { what: "response", code: root, type: types[answer] ?? answer, poNumber, lines },
    };
  }
  if (root === "DespatchAdvice") {
    const lines = all(text, "cac:DespatchLine").map((xml) => lineOf(xml, "cbc:DeliveredQuantity"));
    const ssccs = all(text, "cac:TransportHandlingUnit").map((xml) => first(xml, "cbc:ID"));
    return { control, said: { what: "shipment", code: root, shipmentId: id, poNumber, lines, ssccs } };
  }
  if (root !== "Invoice") return { control, said: { what: "other", code: root } };
  const lines = all(text, "cac:InvoiceLine").map((xml) => {
    const one = lineOf(xml, "cbc:InvoicedQuantity");
    const amount = cents(must(xml, "cbc:LineExtensionAmount"), "LineExtensionAmount");
    const each = milli(one.quantity) === 0n ? 0n : (amount * 1000n) / milli(one.quantity);
    return { ...one, price: money(each), amount };
  });
  const total = cents(must(text, "cac:LegalMonetaryTotal", "cbc:PayableAmount"), "PayableAmount");
  const tax = cents(must(text, "cac:TaxTotal", "cbc:TaxAmount"), "TaxAmount");
  const net = lines.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    control,
    said: {
      what: "invoice",
      code: root,
      invoice: id,
      poNumber,
      lines: lines.map(({ amount: _, ...one }) => one),
      tax: money(tax),
      total: money(total),
      sound: net + tax === total,
    },
  };
}
