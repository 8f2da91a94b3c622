/**
 * Writes BAI2: the records of a document as they are, and documents from what they should say.
 *
 * What was read is written back as it stood, with line ends made CR LF and without padding. What is drafted carries its
 * control totals and reads back to the same files.
 */
import Big from "big.js";
import { type Bytes, toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Bai2Account, Bai2Document, Bai2Entry, Bai2File, Bai2Funds, Bai2Group } from "./document.ts";
import { decimalsOf } from "./values.ts";

export const writeDocument = ({ records }: Bai2Document): Bytes =>
  toBytes(records.map((record) => `${record}\r\n`).join(""));

/** What the writer keeps within, as the standard wants: 80 characters, blanks and slash included. */
const RECORD_LENGTH = 80;

interface Sums {
  total: bigint;
  records: number;
}

/** A document of these files. @throws {ContractBroken} when a value does not fit its field */
export function draftDocument(files: readonly Bai2File[]): Bai2Document {
  return { records: files.flatMap(fileRecords), files, notes: [] };
}

function fileRecords(file: Bai2File): string[] {
  const sums: Sums = { total: 0n, records: 0 };
  const head = record("01", [
    ...[file.sender, file.receiver, day(file.createdOn), time(file.createdAt), file.id],
    ...[String(file.recordLength ?? ""), String(file.blockSize ?? ""), "2"],
  ]);
  const groups = file.groups.flatMap((group) => groupRecords(group, sums));
  const records = head.length + groups.length + 1;
  return [
    ...head,
    ...groups,
    ...record("99", [String(sums.total), String(file.groups.length), String(records)]),
  ];
}

function groupRecords(group: Bai2Group, of: Sums): string[] {
  const sums: Sums = { total: 0n, records: 0 };
  const head = record("02", [
    ...[group.receiver ?? "", group.originator, group.status, day(group.asOf), time(group.asOfTime)],
    ...[group.currency ?? "", group.modifier ?? ""],
  ]);
  const accounts = group.accounts.flatMap((account) => accountRecords(account, group, sums));
  const records = head.length + accounts.length + 1;
  of.total += sums.total;
  return [
    ...head,
    ...accounts,
    ...record("98", [String(sums.total), String(group.accounts.length), String(records)]),
  ];
}

function accountRecords(account: Bai2Account, group: Bai2Group, of: Sums): string[] {
  const { currency } = account;
  let total = 0n;
  const counted = (amount: string): string => {
    const text = minor(amount, currency);
    total += BigInt(text);
    return text;
  };
  const summaries = account.summaries.flatMap(({ type, amount, count, funds }) => [
    ...[type, amount === undefined ? "" : counted(amount), String(count ?? "")],
    ...fundsFields(funds, currency),
  ]);
  const stated = currency === (group.currency ?? "USD") ? "" : currency;
  const head = record("03", [account.number, stated, ...summaries]);
  const entries = account.entries.flatMap((entry) => entryRecords(entry, counted));
  of.total += total;
  return [...head, ...entries, ...record("49", [String(total), String(head.length + entries.length + 1)])];
}

function entryRecords(entry: Bai2Entry, counted: (amount: string) => string): string[] {
  const fields = [
    ...[entry.type, counted(entry.amount), ...fundsFields(entry.funds, entry.currency)],
    ...[entry.bankReference ?? "", entry.customerReference ?? ""],
  ];
  // Text stands on continuations of its own, so that its commas part nothing.
  const lines =
    entry.text === "" ? [] : entry.text.split("\n").flatMap((line) => line.match(/.{1,75}/gu) ?? []);
  const unfit = lines.find((line) => line.endsWith("/") || line !== line.trim());
  if (unfit !== undefined) throw misfit("text without a slash or a blank at the end of a line", unfit);
  return [...record("16", fields), ...lines.map((line) => `88,${line}/`)];
}

function fundsFields(funds: Bai2Funds | undefined, currency: string): string[] {
  if (funds === undefined) return [""];
  switch (funds.type) {
    case "S":
      return ["S", ...[funds.immediate, funds.oneDay, funds.later].map((amount) => minor(amount, currency))];
    case "V":
      return ["V", funds.valueOn === undefined ? "" : day(funds.valueOn), time(funds.valueAt)];
    case "D":
      return [
        ...["D", String(funds.parts.length)],
        ...funds.parts.flatMap(({ days, amount }) => [String(days), minor(amount, currency)]),
      ];
    case "0":
    case "1":
    case "2":
    case "Z":
      return [funds.type];
  }
}

/** One logical record, on as many physical ones as it needs. */
function record(code: string, fields: readonly string[]): string[] {
  const unfit = fields.find((field) => /[,/\r\n]/.test(field) || field !== field.trim());
  if (unfit !== undefined) throw misfit("a field without comma, slash and line end", unfit);
  const records: string[] = [];
  let line = code;
  for (const field of fields) {
    if (line.length + field.length + 2 > RECORD_LENGTH && line.length > 2) {
      records.push(`${line}/`);
      line = "88";
    }
    line += `,${field}`;
  }
  return [...records, `${line}/`];
}

function minor(amount: string, currency: string): string {
  const value = /^-?\d+(?:\.\d+)?$/.test(amount)
    ? new Big(amount).times(new Big(10).pow(decimalsOf(currency)))
    : undefined;
  if (value === undefined || !value.mod(1).eq(0)) throw misfit(`an amount in ${currency}`, amount);
  return value.toFixed(0);
}

const day = (date: string): string => date.slice(2).replaceAll("-", "");

const time = (text: string | undefined): string => (text ?? "").replaceAll(":", "");

const misfit = (expected: string, found: string): ContractBroken =>
  new ContractBroken(`BAI2 needs ${expected}, found ${found.slice(0, 80)}.`, {
    facts: { expected, found: found.slice(0, 80) },
  });
