/**
 * The messages: which segments and segment groups they have, in which order and how often.
 *
 * Three areas a message: header, detail, summary. A word per segment: `!` its absence refuses the message, `~` the
 * standard demands it and its absence is noted, `+D` what its first element says there, `*9` at most so often, `*` without a bound, otherwise once; braces hold
 * the rest of the group the segment triggers. Directories D.93A to D.14B (and their successors) share a table: what any
 * of them allows is allowed, what all of them demand is demanded. Where a message was rebuilt between directories it has
 * a record for each form, the elder first. Adding a message is adding a record here.
 *
 * Source: UN/EDIFACT message type specifications of UN/CEFACT; CONTRL from ISO 9735 parts 4 and 10.
 */
export interface MessageRecord {
  /** UNH 0065. */
  readonly type: string;
  readonly name: string;
  /** Only for directories older than this year (`1996.1` is D.96B), where the message had another form. */
  readonly before?: number;
  readonly areas: readonly [header: string, detail?: string, summary?: string];
}

// Groups that many messages share. COM directly below NAD, without CTA, is what some senders make of a contact.
// GIS was renamed GEI in D.01C, as API was APR and QVA was QVR in D.95A.
const RFF = "RFF*{DTM* GEI* GIS*}";
const DOC = "DOC*{DTM*}";
const CONTACT = "CTA*{COM*} COM*";
const PARTY = `LOC* FII* MOA* ${RFF} ${DOC} ${CONTACT}`;
const NAD = `NAD*{${PARTY}}`;
const TERMS = "PAT*{DTM* PCD* MOA*{GIR* RJL*} PAI FII} PYT*{DTM* PCD* MOA*{GIR* RJL*} PAI FII}";
const TRANSPORT = "TDT*{TSR PCD* TMD* DTM* CDI* LOC*{DTM* CDI*} RFF*{DTM*}}";
const DELIVERY = "TOD*{CDI*{INP*} LOC*{CDI*} FTX*}";
const TAX = "TAX*{MOA* DTM* LOC*}";
const CURRENCY = "CUX*{PCD* DTM*}";
const CHARGES =
  "ALC*{ALI* FTX* RFF*{DTM*} DTM* FTX* LOC* QTY*{RNG} PCD*{RNG} MOA*{RNG CUX DTM} RTE*{RNG} TAX*{MOA* DTM*}}";
const RULES = "RCS*{RFF* DTM* FTX*}";
const MARKS = "PCI*{RFF* DTM* GIN*}";
const PACKAGE = `PAC*{MEA* QTY* DTM* RFF*{DTM*} EQD ${MARKS}}`;
const EQUIPMENT = "EQD*{HAN* MEA* FTX* SEL*}";
const SCHEDULE = "SCC*{FTX* RFF* QTY*{DTM*}}";
const DANGER = "DGS*{QTY* FTX* CTA*{COM*}}";
const FILE = "EFI*{CED* COM* RFF* DTM* QTY*}";
const PRICE = "PRI*{CUX APR* API* RNG DTM* PCD* LOC*}";
const TRAITS = "CCI*{CAV* MEA*}";

const ORDER_HEADER =
  `BGM! DTM!* PAI ALI* IMD* FTX* GIR* ${RFF} AJT*{FTX*} ${NAD} ${TAX} ${CURRENCY} ${TERMS} ${TRANSPORT} ${DELIVERY} ${PACKAGE} ${EQUIPMENT} ` +
  `${SCHEDULE} APR*{DTM* RNG} API*{DTM* RNG} ${CHARGES} ${RULES} ${DANGER} ${FILE}`;
const ORDER_DETAIL =
  `UNS+D LIN*{PIA* IMD* MEA* QTY* PCD* ALI* DTM* MOA* GEI* GIS* GIN* GIR* QVR* QVA* DOC* PAI MTD* FTX* ${TRAITS} ${TERMS} AJT*{FTX*} ${PRICE} ` +
  `${RFF} ${PACKAGE} LOC*{QTY* PCD DTM* QTY*{STS*}} ${TAX} NAD*{${PARTY} QTY*{DTM* STS*}} ${CHARGES} ${TRANSPORT} ${DELIVERY} ${EQUIPMENT} ` +
  `${SCHEDULE} ${RULES} STG*{QTY*{MOA}} ${DANGER} ${FILE}}`;
const ORDER_SUMMARY = "UNS~ MOA* CNT* ALC*{ALI MOA* FTX*}";

const CONDITION = "CDI*{INP*}";

export const MESSAGES: readonly MessageRecord[] = [
  { type: "ORDERS", name: "purchase order", areas: [ORDER_HEADER, ORDER_DETAIL, ORDER_SUMMARY] },
  { type: "ORDRSP", name: "purchase order response", areas: [ORDER_HEADER, ORDER_DETAIL, ORDER_SUMMARY] },
  { type: "ORDCHG", name: "purchase order change", areas: [ORDER_HEADER, ORDER_DETAIL, ORDER_SUMMARY] },
  {
    type: "DESADV",
    name: "despatch advice",
    areas: [
      `BGM! DTM* ALI* MEA* MOA* CUX* FTX* ${RFF} ${NAD} ${DELIVERY} ${TRANSPORT} EQD*{MEA* SEL* EQA* HAN*{FTX*}} ${FILE}`,
      `CPS*{FTX* QVR* PAC*{MEA* QTY* HAN*{FTX*} PCI*{RFF* DTM* GIR*{DTM*} GIN*{DLM*} COD*{MEA* QTY* PCD*}} ${FILE}} ${line("DESADV")}} ${line("DESADV")}`,
      "UNS CNT*",
    ],
  },
  {
    type: "INVOIC",
    name: "invoice",
    areas: [
      `BGM! DTM!* PAI ALI* IMD* FTX* LOC* GEI* GIS* DGS GIR* RFF*{DTM* GIR* LOC* MEA* QTY* FTX* MOA* RTE*} ${NAD} ${TAX} ${CURRENCY} ${TERMS} ${TRANSPORT} ${DELIVERY} ` +
        `${EQUIPMENT} ${PACKAGE} ${CHARGES} ${RULES} AJT*{FTX*} INP*{FTX*} ${FILE}`,
      `UNS+D LIN*{PIA* PGI* IMD* MEA* QTY* PCD* ALI* DTM* GIN* GIR* QVR* QVA* EQD FTX* DGS* MOA*{CUX} ${TERMS} ${PRICE} ${RFF} PAC*{MEA* EQD ${MARKS}} ` +
        `LOC*{QTY* DTM*} ${TAX} ${NAD} ${CHARGES} ${TRANSPORT} ${DELIVERY} ${RULES} ${["GEI", "GIS"].map((mark) => `${mark}*{RFF* IMD* DTM* GIR* LOC* MEA* QTY* FTX* MOA*}`).join(" ")} ${FILE}}`,
      "UNS~ CNT* MOA!*{RFF*{DTM*}} TAX*{MOA*} ALC*{ALI MOA* FTX*}",
    ],
  },
  {
    type: "INVRPT",
    name: "inventory report",
    areas: [
      `BGM! FTX* DTM~* ${RFF} ${NAD} CUX*{DTM*}`,
      "CPS*{PAC*{PCI* QTY*{GIN* DTM*}}} " +
        `LIN*{PIA* IMD* NAD MEA* ALI* LOC* DTM* FTX* RFF*{DTM*} CTA*{COM*} ${stock("QTY", "INV*")} ${stock("INV", "QTY*")}}`,
      "UNS CNT*",
    ],
  },
  {
    type: "RECADV",
    name: "receiving advice",
    areas: [
      `BGM! DTM!* ALI* CUX* FTX* RFF*{DTM* GEI* MOA* ALC} DOC*{${CONDITION} DTM*} NAD!*{${PARTY}} ${DELIVERY} ${TRANSPORT} ` +
        `EQD*{${CONDITION} SEL*{CDI*} EQA*{${CONDITION}}}`,
      `CPS*{RFF*{DTM*} TDT*{DTM*} NAD*{LOC*} PAC*{QVR PCI*{RFF* ${CONDITION} GIN*{${CONDITION}}}} ${line("RECADV")}} ${line("RECADV")}`,
      "UNS CNT*",
    ],
  },
  {
    type: "REMADV",
    name: "remittance advice",
    areas: [
      `BGM! DTM!* RFF* FII* PAI FTX* GEI* NAD*{RFF*{DTM*} ${CONTACT}} CUX*{DTM*}`,
      `DOC*{MOA* DTM* RFF* NAD* CUX*{DTM*} ${adjustment("AJT")} INP*{FTX*} DLI*{MOA* PIA* DTM* CUX*{DTM*} ${adjustment("AJT")}}}`,
      "UNS~ MOA!* ALC*{MOA*}",
    ],
  },
  {
    type: "DELFOR",
    name: "delivery schedule",
    before: 1996.1,
    areas: [
      `BGM! DTM!* FTX* RFF*{DTM*} NAD*{LOC* ${CONTACT}}`,
      `UNS NAD*{LOC* FTX* DOC*{DTM*} ${CONTACT} TDT*{DTM*} ${call("QTY*{SCC DTM* RFF*{DTM*}}", "")}} ` +
        call(
          "QTY*{SCC DTM* RFF*{DTM*}}",
          "NAD*{LOC* FTX* DOC*{DTM*} CTA*{COM*} QTY*{SCC DTM* RFF*{DTM*}} QVR*{DTM* RFF*{DTM*}} TDT*{DTM*}}",
        ),
      "UNS CNT* FTX*",
    ],
  },
  {
    type: "DELFOR",
    name: "delivery schedule",
    areas: [
      `BGM! DTM!* FTX* RFF*{DTM*} NAD*{LOC* RFF*{DTM*} ${CONTACT}} TDT*{DTM*}`,
      `UNS GIS*{${plan()}} GEI*{${plan()}} ${plan()}`,
      "UNS CNT* FTX* AUT*{DTM*}",
    ],
  },
  {
    type: "PRICAT",
    name: "price and sales catalogue",
    areas: [
      `BGM! DTM!* ALI* FTX* ${RFF} NAD*{LOC* RFF*{DTM*} ${CONTACT}} ${TAX} ${CURRENCY} ${TERMS} ${TRANSPORT} ${DELIVERY} ${CHARGES} TRU*{DTM*}`,
      `${item()} PGI*{DTM* QTY* ALI* FTX* ${CURRENCY} ${PRICE} ${TAX} ${CHARGES} NAD*{LOC* RFF*{DTM*} ${CONTACT}} ${TERMS} ${TRANSPORT} ${DELIVERY} ` +
        `PAC*{MEA* QTY* HAN*} ${FILE} TRU*{DTM*} ${item()}}`,
      "UNS CNT*",
    ],
  },
  {
    type: "IFTSTA",
    name: "transport status",
    areas: [
      // Until D.15A parties and references come first, after that places and texts.
      `BGM! DTM* TSR NAD*{${CONTACT}} RFF*{DTM*} LOC* FTX* CNT* RFF*{DTM*} NAD*{RFF*{DTM*} ${CONTACT}}`,
      `${equipment("EQD", "NAD* DTM* FTX* STS*{LOC DTM*} ")} CNI*{LOC* CNT* STS!*{RFF* DTM* DOC MOA* ${FILE} FTX* NAD*{CTA*{COM*}} LOC* PCI* TDT*{DTM* RFF* LOC*{DTM*}} ` +
        `${equipment("EQD", "")} GID*{HAN* SGP* DGS* FTX* GDS* LOC* QTY* MEA*{EQN} DIM*{EQN} RFF*{DTM*} PCI*{GIN*} RFF*{DTM*}}}}`,
      "UNS CNT*",
    ],
  },
  {
    type: "APERAK",
    name: "application error and acknowledgement",
    areas: [
      `BGM! DTM* FTX* CNT* DOC*{DTM*} RFF*{DTM*} NAD*{${CONTACT}}`,
      "ERC*{FTX* RFF*{DTM* FTX*}}",
      "UNS CNT*",
    ],
  },
  {
    type: "CONTRL",
    name: "syntax and service report",
    areas: ["UCI!", "UCM*{UCS*{UCD*}} UCF*{UCM*{UCS*{UCD*}}}"],
  },
];

/** The line of a despatch or receiving advice; below CPS by the standard, directly below the header where nothing is packed. */
function line(type: "DESADV" | "RECADV"): string {
  return type === "DESADV"
    ? `LIN*{PIA* IMD* MEA* QTY* ALI* GIN* GIR* DLM* DTM* NAD* TDT* TMD HAN* FTX* MOA* PAC* RFF*{NAD CTA DTM*} ${DANGER} LOC*{NAD DTM* QTY*} ` +
        "SGP*{QTY*} PCI*{DTM* MEA* QTY* GIN*{DLM*} HAN*{FTX* GIN*}} QVR*{DTM*} QVA*{DTM*} EFI*{CED* COM* RFF* DTM* QTY*}}"
    : `LIN*{PIA* IMD* MEA* QTY* QVR* DTM* PRI PCD* FTX* NAD*{LOC* CTA*{COM*}} ${CONDITION} DOC*{${CONDITION}} GIN*{${CONDITION}} ` +
        `RFF*{DTM* GEI* MOA* ALC*} PCI*{QTY* QVR ${CONDITION} GIN*{${CONDITION}} RFF*{DTM*}}}`;
}

/** Stock of an item: until D.96B a quantity explained by its movement, since then a movement and its quantities. */
function stock(trigger: string, first: string): string {
  return (
    `${trigger}*{${first} GIN* LOC* DTM* STS* FTX* NAD*{LOC*} PRI*{CUX DTM*} RFF*{DTM*} ` +
    "CPS*{PAC*{MEA* QTY* PCI*{RFF* DTM* GIN* GIR*{DTM*}}}}}"
  );
}

function adjustment(trigger: string): string {
  return `${trigger}*{MOA* RFF* FTX* QTY* TAX*{MOA*}}`;
}

/** One item of a delivery schedule, with its quantities and what comes after them. */
function call(quantities: string, more: string): string {
  return (
    `LIN*{PIA* IMD* MEA* ALI* GIN* GIR* LOC* DTM* FTX* CTA*{COM*} RFF*{DTM*} CTA*{COM*} TDT*{TMD DTM*} ${quantities} ` +
    `PAC*{MEA* QTY* DTM* PCI*{GIN*} QVR*{DTM* RFF*{DTM*}} QVA*{DTM* RFF*{DTM*}}} ${more}}`
  );
}

/** A delivery plan since D.97A: where to, then items whose schedules hold the quantities. */
function plan(): string {
  const quantity = "QTY*{DTM* RFF*{DTM*}}";
  const place = `LOC* FTX* RFF*{DTM*} DOC*{DTM*} ${CONTACT}`;
  return (
    `NAD*{${place} TDT*{DTM*}} ` +
    call(
      `${quantity} SCC*{${quantity}}`,
      `NAD*{${place} ${quantity} SCC*{${quantity}} TDT*{DTM*}} PRI*{CUX DTM*}`,
    )
  );
}

/** One item of a price catalogue; directly below the header where senders name no product group. */
function item(): string {
  return (
    `LIN*{PIA* IMD* MEA* QTY* HAN* ALI* DTM* NAD* RFF* LOC* DOC* PTY* FTX* ${TRAITS} ${TAX} ${CURRENCY} ${PRICE} ${CHARGES} ` +
    `PAC*{MEA* QTY* HAN*} ${TERMS} ${TRANSPORT} ${DELIVERY} ${FILE} NAD*{CTA*{COM*}} TRU*{DTM*} ${DANGER} ` +
    `HYN*{PIA* QTY* FTX* RFF*{DTM*} ${TRAITS} NAD*{PIA* QTY* CCI*{CAV* MEA*}}}}`
  );
}

function equipment(trigger: string, first: string): string {
  return (
    `${trigger}*{${first}MEA* DIM* SEL* RFF* TPL* TMD DGS*{FTX*} LOC*{DTM*} STS*{LOC DTM*} EQA*{SEL* LOC*{DTM*}} TDT*{DTM* RFF* LOC*{DTM*}} ` +
    "TMP*{RNG} DAM*{COD*}}"
  );
}
