/**
 * The exact reverse of `trade.ts`: parties, references, dates, texts, items, quantities, amounts, prices, taxes and
 * charges as segments.
 *
 * Texts longer than their element are refused when the interchange is built by a strict partner, not cut here: nothing
 * is dropped in silence.
 */
import { type Segment, segment } from "./document.ts";
import type {
  ItemNumbers,
  TradeAmount,
  TradeCharge,
  TradeContact,
  TradeControl,
  TradeDate,
  TradeParty,
  TradePlace,
  TradePrice,
  TradeQuantity,
  TradeReference,
  TradeTax,
  TradeTerms,
  TradeText,
  TradeTransport,
} from "./trade.ts";
import { dtmValue } from "./values.ts";

type Some<Value> = readonly Value[] | undefined;

export const writeDates = (dates: Some<TradeDate> = []): Segment[] =>
  dates.map(({ qualifier, date, time, until, text, format }) => {
    if (date === undefined) return segment("DTM", [qualifier, text ?? "", format ?? ""]);
    const week = /^(\d{4})-W(\d{2})$/.exec(date);
    if (week) return segment("DTM", [qualifier, `${week[1]}${week[2]}`, "616"]);
    if (/^\d{4}-\d{2}$/.test(date)) return segment("DTM", [qualifier, date.replace("-", ""), "610"]);
    const [from, code] = dtmValue(date, time);
    if (until === undefined) return segment("DTM", [qualifier, from, code]);
    const [to] = dtmValue(until, time?.slice(0, 5));
    return time === undefined
      ? segment("DTM", [qualifier, from + to, "718"])
      : segment("DTM", [qualifier, dtmValue(date, time.slice(0, 5))[0] + to, "719"]);
  });

export const writeReferences = (references: Some<TradeReference> = []): Segment[] =>
  references.flatMap(({ qualifier, value, line, dates }) => [
    segment("RFF", [qualifier, value, line ?? ""]),
    ...writeDates(dates),
  ]);

export const writeParties = (parties: Some<TradeParty> = []): Segment[] =>
  parties.flatMap((party) => [
    segment(
      "NAD",
      party.role,
      [party.id ?? "", "", party.idAgency ?? ""],
      "",
      party.name,
      party.street ?? "",
      party.city,
      party.region,
      party.postalCode,
      party.country,
    ),
    ...writePlaces(party.places),
    ...writeReferences(party.references),
    ...writeContacts(party.contacts),
  ]);

const writeContacts = (contacts: Some<TradeContact> = []): Segment[] =>
  contacts.flatMap(({ function: role, name, channels = [] }) => [
    ...(role === undefined && name === undefined ? [] : [segment("CTA", role, ["", name ?? ""])]),
    ...channels.map(({ kind, address }) => segment("COM", [address, kind])),
  ]);

export const writePlaces = (places: Some<TradePlace> = []): Segment[] =>
  places.map(({ qualifier, id, name }) => segment("LOC", qualifier, [id ?? "", "", "", name ?? ""]));

export const writeTexts = (texts: Some<TradeText> = []): Segment[] =>
  texts.map(({ qualifier, code, lines }) => segment("FTX", qualifier, "", code, lines ?? ""));

export const writeQuantities = (quantities: Some<TradeQuantity> = []): Segment[] =>
  quantities.flatMap(({ qualifier, value, uom, dates }) => [
    segment("QTY", [qualifier, value, uom ?? ""]),
    ...writeDates(dates),
  ]);

export const writeAmounts = (amounts: Some<TradeAmount> = []): Segment[] =>
  amounts.map(({ qualifier, value, currency }) => segment("MOA", [qualifier, value ?? "", currency ?? ""]));

export const writePrices = (prices: Some<TradePrice> = []): Segment[] =>
  prices.flatMap(({ qualifier, value, type, specification, per, uom, dates }) => [
    segment("PRI", [qualifier, value, type ?? "", specification ?? "", per ?? "", uom ?? ""]),
    ...writeDates(dates),
  ]);

export const writeTaxes = (taxes: Some<TradeTax> = []): Segment[] =>
  taxes.flatMap(({ function: what, type, rate, category, amounts }) => [
    segment("TAX", what, type, "", "", ["", "", "", rate ?? ""], category),
    ...writeAmounts(amounts),
  ]);

export const writeCharges = (charges: Some<TradeCharge> = []): Segment[] =>
  charges.flatMap(({ kind, code, description, percent, amounts, taxes }) => [
    segment("ALC", kind, "", "", "", [code ?? "", "", "", description ?? ""]),
    ...(percent === undefined ? [] : [segment("PCD", ["1", percent])]),
    ...writeAmounts(amounts),
    ...writeTaxes(taxes),
  ]);

export const writeTerms = (terms: Some<TradeTerms> = []): Segment[] =>
  terms.flatMap(({ type, from, relation, unit, count, dates, percent, amounts }) => [
    segment("PAT", type, "", [from ?? "", relation ?? "", unit ?? "", count ?? ""]),
    ...writeDates(dates),
    ...(percent === undefined ? [] : [segment("PCD", ["12", percent])]),
    ...writeAmounts(amounts),
  ]);

export const writeTransports = (transports: Some<TradeTransport> = []): Segment[] =>
  transports.flatMap(({ stage, reference, mode, carrier, carrierName, means, places = [], dates = [] }) => [
    segment("TDT", stage, reference, mode, "", [carrier ?? "", "", "", carrierName ?? ""], "", "", [
      "",
      "",
      "",
      means ?? "",
    ]),
    // The directories know dates of a journey at its places; where there is none, the journey has them itself.
    ...writePlaces(places),
    ...writeDates(dates),
  ]);

export const writeControls = (controls: Some<TradeControl> = []): Segment[] =>
  controls.map(({ qualifier, value }) => segment("CNT", [qualifier, value]));

/** LIN with the number GS1 gives the item (or the only one), and PIA with the others, five in each. */
export function writeItem(line: string, numbers: ItemNumbers, action?: string): Segment[] {
  const all = Object.entries(numbers);
  const main =
    all.find(([qualifier]) => ["EN", "SRV", "UP", "GTN"].includes(qualifier)) ??
    (all.length === 1 ? all[0] : undefined);
  const others = all.filter((entry) => entry !== main).map(([qualifier, value]) => [value, qualifier]);
  const segments = [segment("LIN", line, action, main ? [main[1], main[0]] : "")];
  for (let at = 0; at < others.length; at += 5)
    segments.push(segment("PIA", "5", ...others.slice(at, at + 5)));
  return segments;
}

export const writeDescription = (text: string | undefined): Segment[] =>
  text === undefined ? [] : [segment("IMD", "F", "", ["", "", "", text])];

/** GIN, five numbers in each. */
export function writeIdentities(identities: Some<TradeReference> = []): Segment[] {
  const qualifiers = [...new Set(identities.map(({ qualifier }) => qualifier))];
  return qualifiers.flatMap((qualifier) => {
    const values = identities.filter((one) => one.qualifier === qualifier).map(({ value }) => value);
    const segments: Segment[] = [];
    for (let at = 0; at < values.length; at += 5)
      segments.push(segment("GIN", qualifier, ...values.slice(at, at + 5)));
    return segments;
  });
}
