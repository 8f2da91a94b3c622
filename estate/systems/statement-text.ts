/**
 * Writes a bank statement as MT940 and as BAI2.
 *
 * What must stay true: what a statement opens with and its entries come to what it closes with, and every count and total of BAI2 is
 * that of the records it stands over.
 */
import { cents } from "../kernel/decimal.ts";
import type { Statement } from "./statement.ts";

const comma = (amount: string) => amount.replace("-", "").replace(".", ",");
const sign = (amount: string) => (amount.startsWith("-") ? "D" : "C");
/** Letters of SWIFT's character set. */
const swift = (text: string) => text.replace(/[^A-Za-z0-9/?:().,'+ -]/g, " ");

/** A customer statement; its texts with code words. */
export function mt940(statement: Statement): string {
  const day = statement.at.slice(2, 10).replaceAll("-", "");
  const currency = statement.entries[0]?.currency ?? "EUR";
  const lines = [
    `:20:STMT${statement.number}`,
    ":25:FR7630006000011234567890189",
    `:28C:${statement.number}/1`,
    `:60F:${sign(statement.opening)}${day}${currency}${comma(statement.opening)}`,
    ...statement.entries.flatMap((entry) => {
      const on = entry.at.slice(2, 10).replaceAll("-", "");
      return [
        `:61:${on}${on.slice(2)}${sign(entry.amount)}${comma(entry.amount)}NTRFNONREF//${entry.reference}`,
        `:86:/EREF/${swift(entry.endToEndId)}/NAME/${swift(entry.debtor)}/REMI/${swift(entry.remittance)}`,
      ];
    }),
    `:62F:${sign(statement.closing)}${day}${currency}${comma(statement.closing)}`,
    "-",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** A final report of one day and one account. */
export function bai2(statement: Statement): string {
  const day = statement.at.slice(2, 10).replaceAll("-", "");
  const currency = statement.entries[0]?.currency ?? "EUR";
  const word = (text: string) => text.replace(/[,/\r\n]/g, " ");
  const closing = cents(statement.closing);
  const opening = cents(statement.opening);
  const entries = statement.entries.map(
    (entry) =>
      `16,${entry.amount.startsWith("-") ? 495 : 165},${cents(entry.amount.replace("-", ""))},Z,${word(entry.reference)},${word(entry.endToEndId)},${word(`${entry.debtor} ${entry.remittance}`)}`,
  );
  const sum = statement.entries.reduce(
    (total, { amount }) => total + cents(amount.replace("-", "")),
    opening + closing,
  );
  const records = [
    `01,AGRIFRPP,MERIDIAN,${day},${statement.at.slice(11, 16).replace(":", "")},${statement.number},,,2/`,
    `02,MERIDIAN,AGRIFRPP,1,${day},,${currency},2/`,
    `03,FR7630006000011234567890189,,010,${opening},,,015,${closing},,/`,
    ...entries,
    `49,${sum},${entries.length + 2}/`,
    `98,${sum},1,${entries.length + 4}/`,
    `99,${sum},1,${entries.length + 6}/`,
  ];
  return `${records.join("\r\n")}\r\n`;
}
