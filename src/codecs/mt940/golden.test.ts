/**
 * Statements of real banks, beside what another project's parser (WoLpH/mt940, in Python) made of them, value by value.
 *
 * Its YAML is a dump of Python objects: the data of a whole file in one map, where later statements overwrite earlier ones,
 * and every entry. Each key of it is mapped below, so a key nobody thought of fails the test. Three of its habits are not
 * ours, and are translated on our side of the comparison:
 *
 * - it cuts sixteen characters off as the customer's reference before it looks for `//`, so a longer reference runs
 *   into the next field; compared is the text of the three together;
 * - it takes `:86:` behind the closing balance, and an end line other than `-`, for more text of the last entry; by the
 *   standard that text is about the account, where we have it in `information`;
 * - it takes whatever `:25:` comes last for the account. In `sepa_snippet_broken` that is the text of a payment, and we
 *   refuse the file (so does betterplace/mt940_parser, whose fixture it is).
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Balance, type Entry, type Mt940Message, mt940, type Statement } from "./codec.ts";

const SAMPLES = process.env.CROSSDOCK_SAMPLES ?? path.join(import.meta.dirname, "../../../../shared/samples");
const BANK = path.join(SAMPLES, "bank");

type Yaml = string | null | Buffer | Yaml[] | { [key: string]: Yaml };

if (!existsSync(BANK)) {
  test.skip("MT940 samples (skipped: no samples)", () => {});
} else {
  const files = globSync("**/*.sta", { cwd: BANK }).sort();
  const withGolden = files.filter((file) => existsSync(goldenOf(file)) && !file.includes("_broken"));

  test.each(withGolden)("%s reads as its golden output says", (file) => {
    const golden = readYaml(readFileSync(goldenOf(file), "utf8"));
    const { messages } = mt940().decode(readFileSync(path.join(BANK, file)));
    const statements = messages.map(({ statement }) => statement);
    const entries = messages.flatMap(withLastText);

    const data = mapOf(golden.data);
    expect(data).toEqual(only(data, dataOf(statements)));
    const transactions = listOf(golden.transactions).map((one) => mapOf(mapOf(one).data));
    expect(transactions.map(withJoinedReferences)).toEqual(
      entries.map((entry, at) => {
        const keys = withJoinedReferences(transactions[at] ?? {});
        return only(keys, withJoinedReferences(entryOf(entry)));
      }),
    );
  });

  test.each(files.filter((file) => file.includes("_broken")))("%s is refused", (file) => {
    expect(() => mt940().decode(readFileSync(path.join(BANK, file)))).toThrow(
      /^Line \d+.*: expected .*, found .*\.$/,
    );
  });

  test.each(files.filter((file) => !file.includes("_broken")))("%s is written back as it was", (file) => {
    const body = readFileSync(path.join(BANK, file));
    const written = mt940().encode(mt940().decode(body));
    expect(Buffer.from(written).toString()).toBe(normalised(body.toString()));
  });
}

/** Line ends CR LF, no empty line that stands before a field, a header or an end. */
function normalised(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  const kept = lines.filter((line, at) => {
    if (line.trim() !== "") return true;
    const next = lines.slice(at).find((other) => other.trim() !== "");
    return next !== undefined && !/^(:\w+:|-|ABN)/.test(next);
  });
  return kept.map((line) => `${/^-/.test(line) ? line.trimEnd() : line}\r\n`).join("");
}

function goldenOf(file: string): string {
  return path.join(BANK, file.replace(/\.sta$/, ".yml"));
}

/** The entries, the last of them with the account's text and an odd end line behind its own. */
function withLastText({ statement, end }: Mt940Message): Entry[] {
  const { entries, information } = statement;
  const last = entries.at(-1);
  if (last === undefined || information === undefined) return [...entries];
  return [...entries.slice(0, -1), { ...last, text: `${last.text}\n${information}\n${end}` }];
}

/** Ours, under the golden's keys. */
function dataOf(statements: readonly Statement[]): Record<string, unknown> {
  const last = <Value>(value: (of: Statement) => Value | undefined): Value | null =>
    statements.map(value).findLast((found) => found !== undefined) ?? null;
  const balance = (which: "opening" | "closing", intermediate: boolean) =>
    balanceOf(
      statements.map((statement) => statement[which]).findLast((one) => one?.intermediate === intermediate),
    );
  const limit = (mark: "credit" | "debit") => {
    const found = last(({ floorLimits }) =>
      floorLimits.find(({ creditDebit }) => creditDebit === undefined || creditDebit === mark),
    );
    return found && { amount: found.amount, currency: found.currency };
  };
  const sum = (which: "debits" | "credits") => {
    const found = last((statement) => statement[which]);
    return found && { amount: found.amount, currency: found.currency, number: String(found.count) };
  };
  const reportedAt = last(({ reportedAt: at }) => at);
  return {
    account_identification: last(({ account }) => account),
    transaction_reference: last(({ reference }) => reference),
    related_reference: last(({ relatedReference }) => relatedReference),
    statement_number: last(({ number: of }) => of),
    // Of the last statement that has a number, even where it has no sequence.
    sequence_number: statements.findLast(({ number: of }) => of !== undefined)?.sequence ?? null,
    final_opening_balance: balance("opening", false),
    intermediate_opening_balance: balance("opening", true),
    final_closing_balance: balance("closing", false),
    intermediate_closing_balance: balance("closing", true),
    available_balance: balanceOf(last(({ available }) => available) ?? undefined),
    c_floor_limit: limit("credit"),
    d_floor_limit: limit("debit"),
    sum_debit_entries: sum("debits"),
    sum_credit_entries: sum("credits"),
    // The golden reads the offset +0100 as a hundred minutes and keeps it apart; the local time is compared.
    date: reportedAt?.slice(0, 16),
  };
}

const balanceOf = (balance: Balance | undefined) =>
  balance && {
    amount: {
      amount: balance.creditDebit === "debit" ? `-${balance.amount}` : balance.amount,
      currency: balance.currency,
    },
    date: balance.date,
    status: balance.creditDebit === "credit" ? "C" : "D",
  };

function entryOf(entry: Entry): Record<string, unknown> {
  const { details } = entry;
  const mark = entry.creditDebit === "credit" ? "C" : "D";
  const subfields = (from: number, to: number) =>
    details?.subfields
      .filter(({ id }) => Number(id) >= from && Number(id) <= to)
      .reduce<string | null>((all, { text }) => (all ?? "") + text, null) ?? null;
  return {
    amount: {
      amount: entry.creditDebit === "debit" ? `-${entry.amount}` : entry.amount,
      currency: entry.currency ?? null,
    },
    currency: entry.currency ?? null,
    date: entry.valueOn,
    entry_date: entry.bookedOn,
    guessed_entry_date: entry.bookedOn,
    status: mark,
    funds_code: entry.fundsCode ?? null,
    id: entry.type ?? null,
    customer_reference: entry.customerReference,
    bank_reference: entry.bankReference ?? null,
    extra_details: entry.supplementary ?? "",
    transaction_details: entry.text,
    transaction_code: details?.code ?? null,
    posting_text: subfields(0, 0),
    prima_nota: subfields(10, 10),
    purpose: subfields(20, 29),
    additional_purpose: subfields(60, 63),
    applicant_bin: subfields(30, 30),
    applicant_iban: subfields(31, 31),
    applicant_name: subfields(32, 32),
    recipient_name: subfields(33, 33),
    return_debit_notes: subfields(34, 34),
  };
}

/** The three references as one text without the blanks that pad them. */
function withJoinedReferences(entry: Record<string, unknown>): Record<string, unknown> {
  const { customer_reference: customer, bank_reference: bank, extra_details: extra, ...others } = entry;
  const joined = `${customer}${bank === null ? "" : `//${bank}`}${extra}`.replace(/\s+/g, "");
  return { ...others, references: joined };
}

/** The values under these keys; a key we have no mapping for is told as such. */
const only = (keys: Record<string, unknown>, values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.keys(keys).map((key) => [key, key in values ? values[key] : "a key without a mapping"]),
  );

function mapOf(yaml: Yaml | undefined): Record<string, Yaml> {
  if (
    yaml === null ||
    yaml === undefined ||
    typeof yaml !== "object" ||
    Array.isArray(yaml) ||
    Buffer.isBuffer(yaml)
  )
    throw new Error("The golden has no map here.");
  return yaml;
}

const listOf = (yaml: Yaml | undefined): Yaml[] => (Array.isArray(yaml) ? yaml : []);

/** As much of YAML as these dumps use: maps, lists and scalars by indentation; tags give decimals and dates. */
function readYaml(text: string): Record<string, Yaml> {
  const lines = text.split("\n");
  let at = 0;
  const indentOf = (line: string) => line.length - line.trimStart().length;
  const isItem = (line: string) => /^\s*-(\s|$)/.test(line);

  function block(indent: number): Yaml {
    while (at < lines.length && lines[at]?.trim() === "") at += 1;
    const line = lines[at] ?? "";
    if (indentOf(line) < indent || line === "") return null;
    return isItem(line) ? list(indentOf(line)) : map(indentOf(line));
  }

  function list(indent: number): Yaml[] {
    const items: Yaml[] = [];
    while (at < lines.length && indentOf(lines[at] ?? "") === indent && isItem(lines[at] ?? "")) {
      const rest = (lines[at] ?? "").slice(indent + 1);
      lines[at] = " ".repeat(indent + 1) + rest;
      items.push(value(rest.trim(), indent + 1));
    }
    return items;
  }

  function map(indent: number): Yaml {
    const found: Record<string, Yaml> = {};
    while (at < lines.length) {
      const line = lines[at] ?? "";
      if (line.trim() === "") {
        at += 1;
        continue;
      }
      const entry = /^( *)([\w.]+):(?: (.*))?$/.exec(line);
      if (entry === null || indentOf(line) !== indent) break;
      found[entry[2] ?? ""] = value((entry[3] ?? "").trim(), indent);
    }
    return found;
  }

  /** The value that begins with `head` on the current line; what belongs to it stands deeper, or in a list beside it. */
  function value(head: string, indent: number): Yaml {
    const bare = head.replace(/^&\w+\s*/, "");
    const tag = /^!!?\S+/.exec(bare)?.[0];
    const scalar = tag === undefined ? bare : bare.slice(tag.length).trim();
    if (tag?.endsWith("binary")) {
      at += 1;
      const bytes = Buffer.from((lines[at] ?? "").trim(), "base64");
      at += 1;
      return bytes;
    }
    if (scalar === "{}" || scalar === "[]") {
      at += 1;
      return scalar === "{}" ? {} : [];
    }
    if (tag?.endsWith("Decimal")) {
      at += 1;
      return /'([^']*)'/.exec(scalar)?.[1] ?? null;
    }
    if (scalar === "" || scalar.startsWith("*")) {
      at += 1;
      if (scalar !== "") return null;
      const next = lines[at] ?? "";
      // A list may stand at the indentation of its key.
      const inside =
        indentOf(next) > indent || isItem(next) ? block(Math.min(indentOf(next), indent + 2)) : null;
      if (/models\.Date(Time)?$/.test(tag ?? "")) return dateIn(listOf(inside)[0]);
      return inside;
    }
    return scalarFrom(scalar, indent);
  }

  function scalarFrom(head: string, indent: number): Yaml {
    at += 1;
    const quote = head[0] === "'" || head[0] === '"' ? head[0] : undefined;
    const parts = [head];
    const open = () => {
      const all = parts.join("\n");
      return quote === "'" ? (all.match(/'/g) ?? []).length % 2 === 1 : !/^"(?:[^"\\]|\\[\s\S])*"$/.test(all);
    };
    if (quote !== undefined) {
      while (open() && at < lines.length) parts.push((lines[at++] ?? "").trim());
    } else {
      while (at < lines.length && indentOf(lines[at] ?? "") > indent && lines[at]?.trim() !== "")
        parts.push((lines[at++] ?? "").trim());
    }
    const joined = parts.join("\n").replace(/\\\n/g, "\u0000");
    // One line end folds to a blank, and n of them to n-1 line ends.
    const folded = joined.replace(/\n+/g, (ends) => (ends.length === 1 ? " " : "\n".repeat(ends.length - 1)));
    if (quote === "'") return folded.slice(1, -1).replaceAll("''", "'");
    if (quote === '"') return unescaped(folded.slice(1, -1));
    return folded === "null" ? null : folded;
  }

  return mapOf(value((lines[0] ?? "").replace(/^&\w+\s*/, ""), -1));
}

function unescaped(text: string): string {
  return text
    .replaceAll("\u0000", "")
    .replace(/\\(x[0-9A-F]{2}|[\s\S])/g, (_, code: string) =>
      code === "n" || code === "t"
        ? { n: "\n", t: "\t" }[code]
        : code.length > 1
          ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
          : code,
    );
}

/** Python pickles a date as year, month, day (hour, minute, …). */
function dateIn(bytes: Yaml | undefined): string {
  if (!Buffer.isBuffer(bytes)) throw new Error("The golden has no date here.");
  const two = (index: number) => String(bytes[index]).padStart(2, "0");
  const day = `${bytes.readUInt16BE(0)}-${two(2)}-${two(3)}`;
  return bytes.length > 4 ? `${day}T${two(4)}:${two(5)}` : day;
}
