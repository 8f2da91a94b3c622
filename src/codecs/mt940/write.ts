/**
 * Writes bank statements: the fields of a message as they are, and messages from statements.
 *
 * What was read is written back as it stood, with line ends made CR LF and empty lines between fields left out. What is
 * drafted from a statement reads back to the same statement.
 */
import { type Bytes, toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type {
  Balance,
  Entry,
  Field,
  MessageType,
  Mt940Document,
  Mt940Message,
  Statement,
} from "./document.ts";

const END_OF_LINE = "\r\n";

export function writeDocument({ messages }: Mt940Document): Bytes {
  const lines = messages.flatMap(({ head, fields, end }) => [
    ...head,
    ...fields.flatMap(({ tag, text }) => `:${tag}:${text}`.split("\n")),
    ...(end === "" ? [] : [end]),
  ]);
  return toBytes(lines.map((line) => line + END_OF_LINE).join(""));
}

/**
 * A message that says what the statement says.
 *
 * Texts are cut into lines of 65 characters; texts with details are written from `text`. Amounts need at most fifteen
 * characters and texts the characters of the file's readers; SWIFT itself would take fewer.
 *
 * @throws {ContractBroken} when a value does not fit its field
 */
export function draftMessage(type: MessageType, statement: Omit<Statement, "excerpt">): Mt940Message {
  const fields: Field[] = [];
  const add = (tag: string, text: string | undefined): void => {
    if (text !== undefined) fields.push({ tag, text, line: 0 });
  };
  const { number, sequence, opening, closing, bic } = statement;
  add("20", fitting("20", statement.reference, 16) ?? missing("20"));
  add("21", fitting("21", statement.relatedReference, 16));
  const account = fitting("25", statement.account, 35) ?? missing("25");
  if (bic === undefined) add("25", account);
  else add("25P", `${account}\n${bic}`);
  add("28C", number === undefined ? undefined : number + (sequence === undefined ? "" : `/${sequence}`));
  for (const { currency, creditDebit, amount } of statement.floorLimits) {
    const mark = creditDebit === undefined ? "" : creditDebit === "credit" ? "C" : "D";
    add("34F", `${currency}${mark}${amountText(amount)}`);
  }
  add(
    "13D",
    statement.reportedAt
      ?.replace(/^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d)/, "$1$2$3$4$5")
      .replace(/:(\d\d)$/, "$1"),
  );
  if (statement.interim.length > 0 || statement.availableBefore)
    throw unfit("60M", "one page", "balances in between");
  if (opening) add(opening.intermediate ? "60M" : "60F", balanceText(opening));
  for (const entry of statement.entries) {
    add("61", lineText(entry));
    if (entry.text !== "") add("86", wrapped(entry.text));
  }
  for (const [tag, sum] of [
    ["90D", statement.debits],
    ["90C", statement.credits],
  ] as const) {
    add(tag, sum && `${sum.count}${sum.currency}${amountText(sum.amount)}`);
  }
  if (closing) add(closing.intermediate ? "62M" : "62F", balanceText(closing));
  add("64", statement.available && balanceText(statement.available));
  for (const forward of statement.forward) add("65", balanceText(forward));
  if (statement.information !== undefined) add("86", wrapped(statement.information));
  return { type, head: [], fields, end: "-", statement: { ...statement, excerpt: false }, notes: [] };
}

const shortDate = (date: string): string => date.slice(2).replaceAll("-", "");

const balanceText = ({ creditDebit, date, currency, amount }: Balance): string =>
  `${creditDebit === "credit" ? "C" : "D"}${shortDate(date)}${currency}${amountText(amount)}`;

function amountText(amount: string): string {
  if (!/^\d+(?:\.\d+)?$/.test(amount)) throw unfit("61", "an amount such as 12.50", amount);
  const text = amount.includes(".") ? amount.replace(".", ",") : `${amount},`;
  if (text.length > 15) throw unfit("61", "an amount of at most fifteen characters", text);
  return text;
}

function lineText(entry: Entry): string {
  const stated = entry.reversal === (entry.creditDebit === "credit") ? "D" : "C";
  const mark = `${entry.reversal ? "R" : entry.expected ? "E" : ""}${stated}`;
  const reference = fitting("61", entry.customerReference, 16) ?? "";
  if (reference.includes("//")) throw unfit("61", "a reference without //", reference);
  const bank = entry.bankReference === undefined ? "" : `//${entry.bankReference}`;
  const supplement = entry.supplementary === undefined ? "" : `\n${entry.supplementary}`;
  const dates =
    shortDate(entry.valueOn) + (entry.bookedOn === undefined ? "" : shortDate(entry.bookedOn).slice(2));
  const type = (entry.type ?? "NMSC").padEnd(4);
  return `${dates}${mark}${entry.fundsCode ?? ""}${amountText(entry.amount)}${type}${reference}${bank}${supplement}`;
}

/** Lines of at most 65 characters, none of which looks like a field or an end. */
function wrapped(text: string): string {
  const lines = text.split("\n").flatMap((line) => line.match(/[\s\S]{1,65}/gu) ?? []);
  const odd = lines.find(
    (line, at) => (at > 0 && /^(?::(?:\d\d[A-Z]?|NS):|-)/.test(line)) || line.includes("\r"),
  );
  if (odd !== undefined) throw unfit("86", "lines that begin neither like a field nor with a dash", odd);
  return lines.join("\n");
}

function fitting(tag: string, text: string | undefined, most: number): string | undefined {
  if (text !== undefined && (text.length > most || /[\r\n]/.test(text)))
    throw unfit(tag, `one line of at most ${most} characters`, text);
  return text;
}

function missing(tag: string): never {
  throw unfit(tag, "a value", "none");
}

const unfit = (tag: string, expected: string, found: string): ContractBroken =>
  new ContractBroken(`Field :${tag}: needs ${expected}, found ${found.slice(0, 80)}.`, {
    facts: { tag, expected, found: found.slice(0, 80) },
  });
