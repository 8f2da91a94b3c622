/**
 * SAP IDocs in canonical words and back: orders and their answers, deliveries, invoices, materials, customers.
 *
 * A place is a segment and its field, as SAP names them: `E1EDP01/E1EDP19[QUALF=002].IDTNR`. SAP fills numbers of lines with zeros; they
 * are left out.
 *
 * @example idoc.ORDERS05.read(one, { partner: "C-ACME", orderNumber }).messages
 */
import type { Idoc } from "../../codecs/idoc/codec.ts";
import {
  decimals,
  erp,
  fulfilment,
  type LineAmount,
  logistics,
  master,
  procurement,
  sales,
} from "../../contracts/canon/index.ts";
import { idocs } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mappings, mappings } from "../mappings.ts";
import { textOf } from "../place.ts";
import { byPartner, DOCUMENT_CURRENCY, ourOrder, recordVersion, told } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope, type Sheet, text } from "../table.ts";

type IdocSheet = Sheet<Idoc>;

const number: Kind = {
  name: "number without leading zeros",
  read: (found) => textOf(found).replace(/^0+(?=.)/, ""),
  write: String,
};
const day = (place: string, path: string): Row => field(place, path, kinds.digitsDay);
const line = field("POSEX", "line", number);
const messageType = (type: string, idoc: string): readonly Row[] => [
  repeats("EDI_DC40.MESTYP", type),
  repeats("EDI_DC40.IDOCTYP", idoc),
];
const quantity = (path = "quantity"): Row => field(["MENGE", "MENEE"], path, kinds.quantity());
const price = (currency = "currency"): Row =>
  field(["VPREI", "PEINH", "PMENE"], "price", kinds.priceWithBase("quantity.uom", currency));
/** The seller's number of the item, else the buyer's, else its GTIN. */
const item: readonly Row[] = [
  field("E1EDP19[QUALF=002].IDTNR or E1EDP19[QUALF=001].IDTNR or E1EDP19[QUALF=003].IDTNR", "item"),
];
const described: Row = field(
  "E1EDP19[QUALF=002].KTEXT or E1EDP19[QUALF=001].KTEXT",
  "description",
  kinds.cut(70),
);

const address = (at: string, path: string): readonly Row[] => [
  field(`${at}.NAME1`, `${path}.name`, kinds.cut(35)),
  field(`${at}.STRAS`, `${path}.street`, kinds.cut(35)),
  field(`${at}.ORT01`, `${path}.city`, kinds.cut(35)),
  field(`${at}.PSTLZ`, `${path}.postalCode`),
  field(`${at}.LAND1`, `${path}.country`, kinds.country),
];

const orders: IdocSheet = {
  format: idocs,
  document: "ORDERS05",
  title: "Order",
  translations: [
    {
      contract: sales.OrderCaptured,
      way: "both",
      rows: [
        ...messageType("ORDERS", "ORDERS05"),
        field("E1EDK02[QUALF=001].BELNR or E1EDK01.BELNR", "customerReference"),
        repeats(
          "E1EDK01.BELNR",
          ({ data }) => data.customerReference as string | undefined,
          "the customer's number",
        ),
        ourOrder,
        byPartner("customer"),
        given("channel", "edi", () => "edi"),
        given("payment", "against an invoice", () => ({ method: "invoice" })),
        given("ediControlNumber", "DOCNUM, as the connection tells it", ({ around }) => around.controlNumber),
        field("E1EDK01.CURCY", "currency", text, DOCUMENT_CURRENCY),
        field("E1EDK01.ZTERM", "paymentTerms", kinds.cut(17)),
        day("E1EDK03[IDDAT=012].DATUM", "issueDate"),
        day("E1EDK03[IDDAT=002].DATUM", "requestedDate"),
        ...address("E1EDKA1[PARVW=WE]", "shipTo"),
        each("E1EDP01", "lines", [line, quantity(), price(), ...item, described]),
        field("E1EDS01[SUMID=002].SUMME", "total", kinds.money()),
      ],
    },
    {
      contract: erp.PostSalesOrder,
      way: "out",
      rows: [
        ...messageType("ORDERS", "ORDERS05"),
        field("E1EDK01.BELNR", "salesOrderId"),
        field("E1EDK01.CURCY", "currency"),
        field("E1EDKA1[PARVW=AG].PARTN", "customer"),
        field("E1EDK02[QUALF=001].BELNR", "customerReference"),
        field("E1EDK14[QUALF=016].ORGID", "plant"),
        each("E1EDP01", "lines", [line, quantity(), price(), ...item, described]),
        field("E1EDS01[SUMID=002].SUMME", "total", kinds.money()),
      ],
    },
  ],
  tolerated: ["Line numbers filled with zeros.", "An order without E1EDK02 001 is known by its own number."],
  notCarried: {
    E1EDKT1: "texts of orders are for people",
    E1EDK05: "conditions of the header have no field",
  },
};

const ANSWER: Readonly<Record<string, string>> = { accepted: "001", changed: "002", rejected: "003" };
const SUPPLIER_ANSWER = kinds.codes(
  { "001": "confirmed", "002": "changed", "003": "refused" },
  "answer to a line",
);

const orderResponse: IdocSheet = {
  format: idocs,
  document: "ORDRSP",
  title: "Order response",
  translations: [
    {
      ...told("order-acknowledgement"),
      way: "out",
      rows: [
        ...told("order-acknowledgement").rows,
        ...messageType("ORDRSP", "ORDERS05"),
        field("E1EDK01.BELNR", "salesOrderId"),
        field(
          "E1EDK01.ACTION",
          "document.status",
          kinds.codes({ "001": "accepted", "002": "changed", "003": "rejected" }, "answer"),
        ),
        field("E1EDK01.CURCY", "document.currency"),
        field("E1EDK02[QUALF=001].BELNR", "document.customerReference"),
        day("E1EDK02[QUALF=001].DATUM", "document.orderDate"),
        each("E1EDKT1[TDID=ZREA]/E1EDKT2", "document.reasons", [field("TDLINE", "", kinds.cut(70))]),
        each("E1EDP01", "document.lines", [
          line,
          repeats(
            "ACTION",
            ({ data }) => ANSWER[String((data.document as { status: string }).status)],
            "as the document's",
          ),
          quantity(),
          price("document.currency"),
          ...item,
          described,
        ]),
      ],
    },
    {
      contract: procurement.PurchaseOrderConfirmed,
      way: "in",
      rows: [
        ...messageType("ORDRSP", "ORDERS05"),
        field("E1EDK02[QUALF=001].BELNR", "purchaseOrderId"),
        byPartner("supplier"),
        field("E1EDK01.BELNR", "confirmationId"),
        each("**E1EDKT2", "deviations", [field("TDLINE", "")]),
        each("E1EDP01", "supplierCommitments", [
          line,
          ...item,
          field(["E1EDP20.AMENG or E1EDP20.WMENG or MENGE", "MENEE"], "confirmedQuantity", kinds.quantity()),
          day("E1EDP20.EDATU or ^E1EDK03[IDDAT=002].DATUM", "promisedDate"),
          field("ACTION", "status", SUPPLIER_ANSWER, { otherwise: () => "confirmed" }),
        ]),
      ],
    },
  ],
  tolerated: ["A line without ACTION is confirmed as it stands: SAP leaves it empty where nothing differs."],
};

const shipped: readonly Row[] = [
  field("E1EDL43[QUALF=C].POSNR or E1EDL41[QUALI=001].POSEX or POSNR", "line", number),
  repeats("POSNR", ({ item: one }) => one.line as string, "the line"),
  field("MATNR or KDMAT", "item"),
  field(["LFIMG", "VRKME"], "quantity", kinds.quantity()),
];
const pallets = (path: string, inner: readonly Row[]): Row => each("E1EDL20/E1EDL37", path, inner);
const left = field(
  ["E1EDL20/E1EDT13[QUALF=006].ISDD", "E1EDL20/E1EDT13[QUALF=006].ISDZ"],
  "dispatchedAt",
  kinds.digitsInstant,
);

const delivery: IdocSheet = {
  format: idocs,
  document: "DELVRY03",
  title: "Delivery",
  translations: [
    {
      contract: fulfilment.ShipOrder,
      way: "out",
      rows: [
        ...messageType("WHSORD", "DELVRY03"),
        field("E1EDL20.VBELN", "salesOrderId"),
        field("E1EDL20/E1ADRM1[PARTNER_Q=AG].PARTNER_ID", "customer"),
        ...["NAME1", "STREET1", "CITY1", "POSTL_COD1", "COUNTRY1"].map((name, at) =>
          field(
            `E1EDL20/E1ADRM1[PARTNER_Q=WE].${name}`,
            `shipTo.${["name", "street", "city", "postalCode", "country"][at]}`,
          ),
        ),
        day("E1EDL20/E1EDT13[QUALF=007].NTANF", "requestedDate"),
        each("E1EDL20/E1EDL24", "lines", shipped),
      ],
    },
    {
      contract: logistics.ShipmentDispatched,
      way: "in",
      from: "warehouse",
      rows: [
        ...messageType("SHPCON", "DELVRY03"),
        field("E1EDL20.VBELN", "shipmentId"),
        // A warehouse ships our orders under our numbers.
        field(
          "E1EDL20/E1EDL24/E1EDL43[QUALF=C].BELNR or E1EDL20/E1EDL24/E1EDL41[QUALI=001].BSTNR or E1EDL20.LIFEX",
          "salesOrderId",
        ),
        field("E1EDL20.BOLNR", "trackingNumber"),
        field("E1EDL20/E1ADRM1[PARTNER_Q=SP].NAME1", "carrier"),
        left,
        pallets("handlingUnits", [field("EXIDV", "sscc", number)]),
        each("E1EDL20/E1EDL24", "lines", shipped),
      ],
    },
    {
      contract: procurement.ShipmentNotified,
      way: "in",
      from: "supplier",
      rows: [
        ...messageType("DESADV", "DELVRY03"),
        field("E1EDL20.VBELN", "despatchAdviceId"),
        field(
          "E1EDL20/E1EDL24/E1EDL41[QUALI=001].BSTNR or E1EDL20/E1EDL24/E1EDL43[QUALF=C].BELNR",
          "purchaseOrderId",
        ),
        byPartner("supplier"),
        day("E1EDL20/E1EDT13[QUALF=007].NTANF", "arrivalDate"),
        field("E1EDL20/E1ADRM1[PARTNER_Q=SP].NAME1", "carrier"),
        pallets("sscc", [field("EXIDV", "", number)]),
        each("E1EDL20/E1EDL24", "lines", shipped),
      ],
    },
  ],
  notCarried: {
    "E1EDL20/E1EDL37/E1EDL44": "which goods lie in which unit is no field of a despatch",
    "E1EDL20.NTGEW": "weights have no reader",
  },
};

const total = (at: string) => `${at}taxInclusiveAmount`;
const billed = (at: string, more: readonly Row[]): readonly Row[] => [
  ...messageType("INVOIC", "INVOIC02"),
  field("E1EDK01.CURCY", `${total(at)}.currency`, text, DOCUMENT_CURRENCY),
  ...more,
  day("E1EDK03[IDDAT=026].DATUM or E1EDK03[IDDAT=012].DATUM", `${at}issueDate`),
  day("E1EDK03[IDDAT=011].DATUM", `${at}dueDate`),
  each("E1EDP01", `${at}lines`, [
    line,
    quantity(),
    ...item,
    field("E1EDP26[QUALF=003].BETRG", "amount", kinds.money(`${total(at)}.currency`)),
  ]),
  field("E1EDS01[SUMID=011].SUMME", total(at), kinds.money(`${total(at)}.currency`)),
  field("E1EDS01[SUMID=010].SUMME", `${at}taxExclusiveAmount`, kinds.money(`${total(at)}.currency`), {
    otherwise: ({ data }) => sumOf(data, at),
  }),
  field("E1EDS01[SUMID=005].SUMME", `${at}taxAmount`, kinds.money(`${total(at)}.currency`), {
    otherwise: ({ data }) => kinds.less(data, total(at), `${at}taxExclusiveAmount`),
  }),
];

function sumOf(data: Scope["data"], at: string): unknown {
  const lines = (kinds.at(data, `${at}lines`) ?? []) as LineAmount[];
  return decimals.total(
    lines.map(({ amount }) => amount),
    String(kinds.at(data, `${total(at)}.currency`)),
  );
}

const invoice: IdocSheet = {
  format: idocs,
  document: "INVOIC02",
  title: "Invoice",
  translations: [
    {
      ...told("invoice"),
      way: "out",
      rows: [
        ...told("invoice").rows,
        field("E1EDK01.BELNR", "document.invoiceId"),
        ...billed("document.", [
          field("E1EDK02[QUALF=001].BELNR", "document.customerReference"),
          day("E1EDK02[QUALF=001].DATUM", "document.orderDate"),
          field("E1EDK02[QUALF=002].BELNR", "salesOrderId"),
          field("E1EDK02[QUALF=012].BELNR", "document.shipmentId"),
        ]),
      ],
    },
    {
      contract: procurement.SupplierInvoiceReceived,
      way: "in",
      rows: [
        field("E1EDK01.BELNR", "supplierInvoiceId"),
        byPartner("supplier"),
        ...billed("", [field("E1EDK02[QUALF=001].BELNR", "purchaseOrderId")]),
      ],
    },
  ],
};

const material: IdocSheet = {
  format: idocs,
  document: "MATMAS05",
  title: "Material",
  translations: [
    {
      contract: master.ItemChanged,
      way: "in",
      parts: [{ place: "E1MARAM[]" }],
      rows: [
        ...messageType("MATMAS", "MATMAS05").map(
          (row) => ({ ...row, place: `^${"place" in row ? row.place : ""}` }) as Row,
        ),
        recordVersion,
        field("MATNR", "item", number),
        field("E1MAKTM[SPRAS_ISO=EN].MAKTX or E1MAKTM.MAKTX", "description"),
        field("LVORM", "status", kinds.codes({ X: "discontinued" }, "deletion mark"), {
          otherwise: ({ text: at }) => (at("MSGFN") === "003" ? "discontinued" : "active"),
        }),
        field("MEINS", "baseUom"),
        field("EAN11", "standardItemId"),
        each("E1MARMM", "uomConversions", [
          field("MEINH", "from"),
          field("<MEINS", "to"),
          field("UMREZ", "numerator", number_()),
          field("UMREN", "denominator", number_()),
        ]),
      ],
    },
  ],
  notCarried: {
    "E1MARAM/E1MARCM": "plants are asked for by planning itself",
    "E1MARAM.NTGEW": "weights have no reader",
  },
};

/** SAP writes counts with zeros and decimals: `00012.000`. */
function number_(): Kind {
  return {
    name: "whole number",
    read: (found) => (/^0*\d{1,12}(?:\.0*)?$/.test(textOf(found)) ? Number(textOf(found)) : undefined),
    write: String,
  };
}

const customer: IdocSheet = {
  format: idocs,
  document: "DEBMAS",
  title: "Customer",
  translations: [
    {
      contract: master.CustomerChanged,
      way: "in",
      parts: [{ place: "E1KNA1M[]" }],
      rows: [
        recordVersion,
        field("KUNNR", "customer", number),
        field("NAME1", "partyName"),
        field("STCEG", "taxNumber"),
        field("E1KNVVM.ZTERM or E1KNB1M.ZTERM", "paymentTerms"),
        field("AUFSD or SPERR", "creditStatus", {
          name: "held where orders are blocked",
          read: () => "held",
          write: () => undefined,
          rest: (found) => textOf(found),
        }),
      ],
    },
  ],
  notCarried: { "E1KNA1M.STRAS": "addresses of customers come with their orders" },
};

type Types = "DEBMAS" | "DELVRY03" | "INVOIC02" | "MATMAS05" | "ORDERS05" | "ORDRSP";

/** By the type of the IDoc. */
export const idoc: Mappings<Types, Idoc, Idoc> = mappings({
  DEBMAS: customer,
  DELVRY03: delivery,
  INVOIC02: invoice,
  MATMAS05: material,
  ORDERS05: orders,
  ORDRSP: orderResponse,
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
