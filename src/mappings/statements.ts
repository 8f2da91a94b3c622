/** What a bank statement says of one payment, whichever format it came in. */
import { payments } from "../contracts/canon/index.ts";
import { ContractBroken } from "../std/errors.ts";
import { textOf } from "./place.ts";
import { given, type Kind, type Row } from "./table.ts";

export const received = payments.BankEntryReceived;

/** Which invoice a payment is for, and whose order that is, is found out afterwards, in the books. */
export const unrecognised: readonly Row[] = [
  given("invoiceId", "to be found by what the payer wrote", () => null),
  given("salesOrderId", "to be found by what the payer wrote", () => null),
];

/** Texts one after the other, without the words banks write where there is none. */
export const known = (...none: readonly string[]): Kind => ({
  name: none.length === 0 ? "text" : `text other than ${none.join(", ")}`,
  read: (found) => (none.includes(textOf(found)) || textOf(found) === "" ? undefined : textOf(found)),
  write: () => undefined,
});

/** What the payer wrote, as one text. */
export const written: Kind = {
  name: "what the payer wrote, as one text",
  all: true,
  read: (found) => (found as unknown[]).map((one) => textOf(one).replaceAll("\n", " ")).join(" "),
  write: () => undefined,
};

/** Parts of a name, those that are there. */
export const together = (between: string): Kind => ({
  name: "its parts together",
  read: (found) =>
    (found as unknown[])
      .map(textOf)
      .filter((part) => part !== "")
      .join(between),
  write: () => undefined,
});

export const refusedAt = (place: string, expected: string, found: string, of = "Statement"): ContractBroken =>
  new ContractBroken(`${of} ${place}: expected ${expected}, found ${found}`.replace(/\.?$/, "."), {
    facts: { path: place, expected, found },
  });
