/**
 * What every business message of EDIFACT repeats: parties, references, dates, texts, items, quantities, amounts, prices,
 * taxes, charges — read as plain data.
 *
 * Numbers are decimal text whatever the decimal mark was, dates are ISO, codes are as sent. What a partner means by a code
 * is for the mapping to say. `trade-read.ts` reads them, `trade-write.ts` is its
 * exact reverse.
 */

/** One DTM: `qualifier` `137` document, `2` delivery requested, `11` despatch, `35` delivered, `36` expiry … */
export interface TradeDate {
  readonly qualifier: string;
  /** ISO date, week `2026-W47` or month `2026-11`; absent where the format is no day, see `text`. */
  readonly date?: string;
  /** `HH:MM` or `HH:MM:SS`. */
  readonly time?: string;
  /** The last day of a period. */
  readonly until?: string;
  /** As sent, with its format code, where it is no day: a number of days (`804`), weeks (`803`) … */
  readonly text?: string;
  readonly format?: string;
}

/** One RFF: `qualifier` `ON` order, `DQ` delivery note, `IV` invoice, `VA` VAT number, `CT` contract … */
export interface TradeReference {
  readonly qualifier: string;
  readonly value: string;
  readonly line?: string;
  readonly dates?: readonly TradeDate[];
}

export interface TradeContact {
  /** CTA 3139: `OC` order contact, `IC` information … */
  readonly function?: string;
  readonly name?: string;
  /** COM: `TE` telephone, `EM` e-mail, `FX` fax … */
  readonly channels?: readonly { readonly kind: string; readonly address: string }[];
}

/** One NAD. `role` is 3035: `BY` buyer, `SU` supplier, `DP` delivery party, `IV` invoicee, `SF` ship from … */
export interface TradeParty {
  readonly role: string;
  readonly id?: string;
  /** 3055: whose number it is: `9` GS1 (a GLN), `91` supplier's, `92` buyer's … */
  readonly idAgency?: string;
  readonly name?: string;
  readonly street?: readonly string[];
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly references?: readonly TradeReference[];
  readonly contacts?: readonly TradeContact[];
  /** LOC below the party: where in its house. */
  readonly places?: readonly TradePlace[];
}

/** One LOC: `11` place of unloading, `1` of delivery, `18` warehouse … */
export interface TradePlace {
  readonly qualifier: string;
  readonly id?: string;
  readonly name?: string;
}

/** One FTX. */
export interface TradeText {
  readonly qualifier: string;
  /** C107 4441. */
  readonly code?: string;
  readonly lines?: readonly string[];
}

/** Qualifier → number, e.g. `{ EN: "4098765100013", SA: "PUMP-100" }`. A number without qualifier stands under `ZZZ`. */
export type ItemNumbers = Readonly<Record<string, string>>;

/** One QTY: `21` ordered, `12` despatched, `47` invoiced, `48` received, `113` to be delivered, `145` on stock … */
export interface TradeQuantity {
  readonly qualifier: string;
  readonly value: string;
  readonly uom?: string;
  readonly dates?: readonly TradeDate[];
}

/** One MOA: `203` line, `79` lines, `86` message, `77` invoice, `125` taxable, `124` tax … */
export interface TradeAmount {
  readonly qualifier: string;
  /** The standard lets a sender leave it out. */
  readonly value?: string;
  readonly currency?: string;
}

/** One PRI: `AAA` net, `AAB` gross, `INV` invoiced … */
export interface TradePrice {
  readonly qualifier: string;
  readonly value: string;
  /** 5375 and 5387: `CT` contract, `NTP` net price … */
  readonly type?: string;
  readonly specification?: string;
  /** How many units it is the price of; one where absent. */
  readonly per?: string;
  readonly uom?: string;
  readonly dates?: readonly TradeDate[];
}

/** One TAX with its amounts. */
export interface TradeTax {
  /** 5283: `7` tax, `5` customs duty. */
  readonly function: string;
  /** 5153: `VAT` … */
  readonly type?: string;
  readonly rate?: string;
  /** 5305: `S` standard, `E` exempt, `Z` zero … */
  readonly category?: string;
  readonly amounts?: readonly TradeAmount[];
}

/** One ALC with what hangs on it. */
export interface TradeCharge {
  /** 5463: `A` allowance, `C` charge … */
  readonly kind: string;
  readonly code?: string;
  readonly description?: string;
  readonly percent?: string;
  readonly amounts?: readonly TradeAmount[];
  readonly taxes?: readonly TradeTax[];
}

/** One PAT or PYT with what hangs on it. */
export interface TradeTerms {
  /** 4279: `1` basic, `3` fixed date, `22` discount … */
  readonly type: string;
  /** C112: what it counts from (2475), whether after or before (2009), the unit (2151) and how many (2152). */
  readonly from?: string;
  readonly relation?: string;
  readonly unit?: string;
  readonly count?: string;
  readonly dates?: readonly TradeDate[];
  readonly percent?: string;
  readonly amounts?: readonly TradeAmount[];
}

/** One TDT. */
export interface TradeTransport {
  /** 8051: `20` main carriage … */
  readonly stage: string;
  readonly reference?: string;
  /** 8067: `30` road, `10` sea … */
  readonly mode?: string;
  readonly carrier?: string;
  readonly carrierName?: string;
  /** 8212 or 8213: the vehicle. */
  readonly means?: string;
  readonly places?: readonly TradePlace[];
  readonly dates?: readonly TradeDate[];
}

/** One CNT: `2` number of lines, `1` sum of quantities … */
export interface TradeControl {
  readonly qualifier: string;
  readonly value: string;
}
