/**
 * The regional finance system: NetSuite-like journal entries and customer payments, written by external id.
 *
 * What must stay true: one record per external id whatever its letter case, every record balances (Σ debit = Σ credit),
 * and nothing is written into a closed period. A customer payment posts Bank / Receivables by itself.
 *
 * @covers PRD-06, SYS-34, SYS-35
 */
import { amount, type Body, list, object, optionalText, Refusal, text } from "../kernel/call.ts";
import { cents, money } from "../kernel/decimal.ts";
import type { Tools, Trade } from "../kernel/station.ts";

type RecordType = "journalEntry" | "customerPayment";

interface Line {
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
}

interface FinanceRecord {
  readonly type: RecordType;
  readonly id: string;
  /** As first written. */
  readonly externalId: string;
  tranDate: string;
  memo: string;
  lines: readonly Line[];
  payment?: {
    customer: string;
    amount: string;
    currency: string;
    applied: { doc: string; amount: string }[];
  };
  writes: number;
  /** Writes that changed the content. */
  changes: number;
}

const PATH = /^\/services\/rest\/record\/v1\/(?<type>journalEntry|customerPayment)\/eid:(?<externalId>.+)$/;

export function finance(tools: Tools): Trade {
  const records = new Map<string, FinanceRecord>();
  const periods = new Map<string, string>();

  const keyOf = (type: string, externalId: string) => `${type}/${externalId.toLowerCase()}`;

  function checkPeriod(date: string): void {
    const period = date.slice(0, 7);
    if (periods.get(period) === "closed") {
      throw new Refusal(400, "PERIOD_CLOSED", `The posting period ${period} is closed.`, { period });
    }
  }

  function content(
    type: RecordType,
    body: Body,
  ): Omit<FinanceRecord, "type" | "id" | "externalId" | "writes" | "changes"> {
    const tranDate = text(body, "tranDate");
    if (!/^\d{4}-\d\d-\d\d$/.test(tranDate)) {
      throw new Refusal(
        400,
        "INVALID_FIELD",
        `tranDate must be a date such as 2026-11-21, found ${tranDate}.`,
      );
    }
    const memo = optionalText(body, "memo") ?? "";
    if (type === "journalEntry") {
      const lines = list(object(body, "line"), "items", 2).map((item) => {
        const debit = item.debit === undefined || item.debit === null ? 0n : amount(item, "debit");
        const credit = item.credit === undefined || item.credit === null ? 0n : amount(item, "credit");
        return { account: text(item, "account"), debit: money(debit), credit: money(credit) };
      });
      const sum = (side: "debit" | "credit") => lines.reduce((total, line) => total + cents(line[side]), 0n);
      if (sum("debit") !== sum("credit")) {
        throw new Refusal(
          400,
          "USER_ERROR",
          `The entry does not balance: debit ${money(sum("debit"))}, credit ${money(sum("credit"))}.`,
        );
      }
      return { tranDate, memo, lines };
    }
    const value = amount(body, "payment");
    const apply = object(body, "apply");
    const applied =
      apply.items === undefined
        ? []
        : list(apply, "items", 0).map((item) => ({
            doc: text(item, "doc"),
            amount: money(amount(item, "amount")),
          }));
    const total = applied.reduce((sum, item) => sum + cents(item.amount), 0n);
    if (total > value) {
      throw new Refusal(
        400,
        "USER_ERROR",
        `Applied ${money(total)} is more than the payment of ${money(value)}.`,
      );
    }
    return {
      tranDate,
      memo,
      lines: [
        { account: "Bank", debit: money(value), credit: "0.00" },
        { account: "Receivables", debit: "0.00", credit: money(value) },
      ],
      payment: {
        customer: text(body, "customer"),
        amount: money(value),
        currency: text(body, "currency"),
        applied,
      },
    };
  }

  return {
    apply(entry) {
      if (entry.kind === "written") {
        const record = entry.record as Omit<FinanceRecord, "writes" | "changes">;
        const known = records.get(keyOf(record.type, record.externalId));
        if (known === undefined) {
          records.set(keyOf(record.type, record.externalId), { ...record, writes: 1, changes: 0 });
        } else {
          Object.assign(known, record, { id: known.id, externalId: known.externalId });
          known.writes += 1;
          known.changes += 1;
        }
      } else if (entry.kind === "written-again") records.get(entry.key as string)!.writes += 1;
      else if (entry.kind === "settings") {
        const settings = entry.settings as { periods: Record<string, string> };
        for (const [period, state] of Object.entries(settings.periods)) periods.set(period, state);
      }
    },
    routes: [
      {
        method: "PUT",
        path: PATH,
        handle: ({ params, body }) => {
          const type = params.type as RecordType;
          const externalId = params.externalId!;
          const key = keyOf(type, externalId);
          const known = records.get(key);
          const next = content(type, body);
          const id = known?.id ?? String(1001 + records.size);
          const location = `/services/rest/record/v1/${type}/${id}`;
          if (known !== undefined && same(known, next)) {
            tools.commit({ kind: "written-again", key });
          } else {
            if (known !== undefined) checkPeriod(known.tranDate);
            checkPeriod(next.tranDate);
            tools.commit({ kind: "written", record: { type, id, externalId, ...next } });
          }
          return { status: 204, headers: { location } };
        },
      },
      {
        method: "GET",
        path: PATH,
        handle: ({ params }) => {
          const known = records.get(keyOf(params.type!, params.externalId!));
          if (known === undefined) {
            throw new Refusal(
              404,
              "NONEXISTENT_ID",
              `There is no ${params.type} with the external id ${params.externalId}.`,
            );
          }
          const { lines, payment, writes: _, changes: __, type: ___, ...head } = known;
          return {
            status: 200,
            headers: { location: `/services/rest/record/v1/${known.type}/${known.id}` },
            body: {
              ...head,
              line: { items: lines },
              ...(payment === undefined
                ? {}
                : {
                    customer: payment.customer,
                    currency: payment.currency,
                    payment: payment.amount,
                    apply: { items: payment.applied },
                  }),
            },
          };
        },
      },
    ],
    acts: {},
    settle(body) {
      const asked = object(body, "periods");
      for (const [period, state] of Object.entries(asked)) {
        if (!/^\d{4}-\d\d$/.test(period) || (state !== "open" && state !== "closed")) {
          throw new Refusal(400, "INVALID_FIELD", 'periods are such as {"2026-11": "open" or "closed"}.');
        }
      }
      return { periods: asked };
    },
    books: () => {
      const all = [...records.values()];
      return {
        journalEntries: all.filter(({ type }) => type === "journalEntry"),
        customerPayments: all.filter(({ type }) => type === "customerPayment"),
        periods: Object.fromEntries(periods),
        trialBalance: trialBalance(all.flatMap(({ lines }) => lines)),
      };
    },
    resume: () => undefined,
    dialect: ({ status, code, message }) => ({
      status,
      body: {
        type: "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5",
        title: status === 401 ? "Unauthorized" : status >= 500 ? "Internal Server Error" : "Bad Request",
        status,
        "o:errorDetails": [{ detail: message, "o:errorCode": netsuiteCode[code] ?? code }],
      },
    }),
    refusal: () => new Refusal(400, "INVALID_KEY_OR_REF", "The account is inactive."),
  };
}

const netsuiteCode: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "INVALID_LOGIN",
  INVALID_JSON: "INVALID_CONTENT",
  INVALID_FIELD: "INVALID_CONTENT",
  TOO_BUSY: "CONCURRENCY_LIMIT_EXCEEDED",
  UNEXPECTED: "UNEXPECTED_ERROR",
};

function same(known: FinanceRecord, next: object): boolean {
  return Object.entries(next).every(
    ([field, value]) => JSON.stringify(known[field as keyof FinanceRecord]) === JSON.stringify(value),
  );
}

/** Debit and credit per account, and in all. */
export function trialBalance(lines: readonly Line[]): Record<string, unknown> {
  const accounts = new Map<string, { debit: bigint; credit: bigint }>();
  const total = { debit: 0n, credit: 0n };
  for (const line of lines) {
    const account = accounts.get(line.account) ?? { debit: 0n, credit: 0n };
    accounts.set(line.account, account);
    account.debit += cents(line.debit);
    account.credit += cents(line.credit);
    total.debit += cents(line.debit);
    total.credit += cents(line.credit);
  }
  return {
    accounts: Object.fromEntries(
      [...accounts].map(([name, { debit, credit }]) => [
        name,
        { debit: money(debit), credit: money(credit), balance: money(debit - credit) },
      ]),
    ),
    debit: money(total.debit),
    credit: money(total.credit),
  };
}
