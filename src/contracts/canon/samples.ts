/** What the samples of contracts are made of. */

/** A quantity in pieces. */
export const each = (value: string) => ({ value, uom: "EA" });

/** An amount in euros. */
export const eur = (amount: string) => ({ amount, currency: "EUR" });
