/**
 * Customers and materials as the ERP keeps them, read by number; and how it refuses what names one that is not set up.
 *
 * What must stay true: reading changes nothing; what is not kept is a 404 in SAP's words.
 */
import { type Answer, type Call, Refusal, type Route } from "../kernel/call.ts";
import { cents, money } from "../kernel/decimal.ts";
import type { ErpBooks } from "./erp-books.ts";
import { customers, descriptions, itemOf } from "./goods.ts";

/** How it says that it does not know a record. */
const RECORDS = {
  customer: { code: "F2/035", word: "Customer", field: "SoldToParty" },
  item: { code: "M3/305", word: "Material", field: "Material" },
  supplier: { code: "F2/163", word: "Supplier", field: "InvoicingParty" },
} as const;

/** @throws Refusal that names the record, where it is not set up */
export function mustKnow(books: ErpBooks, keyType: keyof typeof RECORDS, value: string, exists = true): void {
  const { code, word, field } = RECORDS[keyType];
  if (exists && !books.unknown.has(`${keyType}/${value}`)) return;
  throw new Refusal(400, code, `${word} ${value} does not exist.`, { field, missing: { keyType, value } });
}

/** `guarded` opens a route below the ERP's base path. */
export const masters = (
  guarded: (method: string, path: string, handle: (call: Call) => Answer) => Route,
  books: ErpBooks,
): Route[] => [
  guarded("GET", "/A_BusinessPartner\\('(?<number>[^']+)'\\)", ({ params }) => {
    const number = params.number!;
    const customer = customers[number];
    if (customer === undefined) throw new Refusal(404, "F2/035", `Customer ${number} does not exist.`);
    return {
      status: 200,
      body: {
        "@odata.context": "$metadata#A_BusinessPartner/$entity",
        BusinessPartner: number,
        Name: customer.name,
        Country: customer.country,
        Currency: "EUR",
        PaymentTerms: customer.terms,
        Blocked: books.blockedCustomers.has(number),
        CreditLimit: money(cents(books.limits.get(number) ?? books.defaultLimit)),
        CreditExposure: money(books.exposure.get(number) ?? 0n),
      },
    };
  }),
  guarded("GET", "/A_Product\\('(?<number>[^']+)'\\)", ({ params }) => {
    const item = itemOf.get(params.number!);
    if (item === undefined) throw new Refusal(404, "M3/305", `Material ${params.number} does not exist.`);
    return {
      status: 200,
      body: {
        "@odata.context": "$metadata#A_Product/$entity",
        Product: item.sku,
        ProductDescription: descriptions[item.sku] ?? item.sku,
        ProductType: item.physical ? "HAWA" : "SERV",
        BaseUnit: item.physical ? "EA" : "MON",
        SalesStatus: "",
      },
    };
  }),
];
