/**
 * The values every canonical message is made of: money, unit prices, quantities, instants.
 *
 * One thing stays true here: an amount or a quantity is a decimal string with its currency or unit beside it, and never
 * a float. Arithmetic on these values lives in `decimals.ts`; which message carries which value, in the domain files.
 *
 * Currencies are ISO 4217 letters, units are codes of UN/ECE Recommendation 20, instants are RFC 3339 with an offset.
 */
import Type from "typebox";

/** A decimal in plain notation: no exponent, no thousands separator, no leading plus. */
export const Decimal = Type.String({
  pattern: "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$",
  description: "a decimal as text with a point, such as -12.50",
});

/** A decimal that is zero or more. */
export const NotNegative = Type.String({
  pattern: "^(0|[1-9][0-9]*)(\\.[0-9]+)?$",
  description: "a decimal of zero or more as text with a point, such as 12.50",
});

/** ISO 4217, always stated and never defaulted. */
export const Currency = Type.String({
  pattern: "^[A-Z]{3}$",
  description: "an ISO 4217 currency code, such as EUR",
});

export const Money = Type.Object({ amount: Decimal, currency: Currency });
export type Money = Type.Static<typeof Money>;

export const Quantity = Type.Object({ value: NotNegative, uom: Type.String({ minLength: 1, maxLength: 8 }) });
export type Quantity = Type.Static<typeof Quantity>;

/** What `per` many units cost. The price base is stated, because one target prices by the piece and the next by 100. */
export const UnitPrice = Type.Object({ amount: NotNegative, currency: Currency, per: Quantity });
export type UnitPrice = Type.Static<typeof UnitPrice>;

/** RFC 3339 with an offset. */
export const Instant = Type.String({
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$",
  description: "a moment with its offset, such as 2026-11-05T08:00:00Z",
});

/** A plain business date; its time zone is that of the plant or the legal entity. */
export const BusinessDate = Type.String({
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
  description: "a date, such as 2026-11-05",
});

/** A number or name by which people and systems know a thing. Never empty. */
export const Id = Type.String({ minLength: 1, maxLength: 128 });

/** A sentence or a name for people. */
export const Words = Type.String({ maxLength: 2000 });

/** Leftovers of one partner, keyed by partner. Carried for the way back; no process reads them. */
export const Extensions = Type.Record(Type.String(), Type.Unknown());

/** Who carries out a step that moves from one system to another: the old one, both with the next only to compare, or the next. */
export const CutoverStage = Type.Enum(["legacy", "shadow", "cloud"]);
export type CutoverStage = Type.Static<typeof CutoverStage>;
