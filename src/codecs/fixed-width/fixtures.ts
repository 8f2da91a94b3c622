/** A price list of our own making, as an old ERP would write it: head, lines, trailer that counts and sums. */
import type { FixedLayout } from "./layout.ts";

export const layout: FixedLayout = {
  length: 40,
  records: {
    head: {
      marker: { from: 1, is: "H" },
      stands: "first",
      fields: [
        { name: "sender", from: 2, width: 10 },
        { name: "created", from: 12, width: 8, type: "date" },
        { name: "currency", from: 20, width: 3, is: "EUR" },
      ],
    },
    line: {
      marker: { from: 1, is: "L" },
      fields: [
        { name: "sku", from: 2, width: 10 },
        { name: "plant", from: 12, width: 4, type: "digits" },
        { name: "price", from: 16, width: 9, type: "decimal", scale: 2, sign: "trailing" },
        { name: "stock", from: 25, width: 6, type: "decimal", scale: 1, sign: "overpunch" },
        { name: "validTo", from: 31, width: 6, type: "date", format: "ddmmyy", optional: true },
      ],
    },
    trailer: {
      marker: { from: 1, is: "T" },
      stands: "last",
      fields: [
        { name: "records", from: 2, width: 6, type: "decimal" },
        { name: "sum", from: 8, width: 12, type: "decimal", scale: 2, sign: "leading" },
      ],
      counts: [{ field: "records", of: ["head", "line", "trailer"] }],
      sums: [{ field: "sum", of: "line", add: "price" }],
    },
  },
};

const record = (text: string) => `${text.padEnd(40)}\n`;

export const file =
  record("HERP-LYO   20260305EUR") +
  record("LPUMP-100  000700050000+00012{310326") +
  record("LVALVE 20  000700000150-00000J      ") +
  record("T000004+00000049850");
