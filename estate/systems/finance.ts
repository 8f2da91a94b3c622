/**
 * The regional finance system: NetSuite-like journal entries and customer payments, written by external id.
 *
 * What must stay true: one record per external id whatever its letter case, every record balances (Σ debit = Σ credit),
 * and nothing is written into a closed period. A customer payment posts Bank / Receivables by itself. Over its limit of calls at
 * once it says that the login is wrong; lists come in pages.
 *
 * @covers PRD-06, SYS-34, SYS-35
 */
import {
  type Answer,
  amount,
  type Body,
  type Call,
  list,
  object,
  optionalText,
  Refusal,
  text,
} from "../kernel/call.ts";
import { cents, money } from "../kernel/decimal.ts";
import { balanced, Ledger, type Line, trialBalance } from "../kernel/ledger.ts";
import { Limits } from "../kernel/limits.ts";
import { Sessions } from "../kernel/sessions.ts";
import type { Tools, Trade } from "../kernel/station.ts";

type RecordType = "journalEntry" | "customerPayment";

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

const LIST = /^\/services\/rest\/record\/v1\/(?<type>journalEntry|customerPayment)$/;

export function finance(tools: Tools): Trade {
  const records = new Map<string, FinanceRecord>();
  const periods = new Map<string, string>();
  const sessions = new Sessions(tools.token);
  const limits = new Limits(() => ({
    ...refused(new Refusal(401, "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.")),
    headers: { "retry-after": "1" },
  }));

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
      const items = list(object(body, "line"), "items", 2);
      const lines = balanced(items, { account: "account", debit: "debit", credit: "credit" }, "USER_ERROR");
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

  /** Internal ids only, `limit` at a time: whoever wants more reads each record. */
  function page({ params, query, path }: Call): Answer {
    const all = [...records.values()].filter(({ type }) => type === params.type);
    const limit = Math.min(Number(query.get("limit") ?? 1_000), 1_000);
    const offset = Number(query.get("offset") ?? 0);
    const items = all.slice(offset, offset + limit).map(({ id }) => ({ id }));
    const hasMore = offset + items.length < all.length;
    const next = `${path}?limit=${limit}&offset=${offset + limit}`;
    return {
      status: 200,
      body: {
        links: hasMore ? [{ rel: "next", href: next }] : [],
        count: items.length,
        hasMore,
        items,
        offset,
        totalResults: all.length,
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
      } else if (entry.kind === "by-hand") {
        const known = records.get(entry.key as string);
        if (entry.gone === true) records.delete(entry.key as string);
        else if (known !== undefined) Object.assign(known, { lines: entry.lines });
      } else if (entry.kind === "written-again") records.get(entry.key as string)!.writes += 1;
      else if (entry.kind === "settings") {
        const settings = entry.settings as { periods: Record<string, string>; limits?: Body };
        for (const [period, state] of Object.entries(settings.periods)) periods.set(period, state);
        if (settings.limits !== undefined) limits.set(settings.limits);
      }
    },
    sessions,
    limits,
    routes: [
      sessions.route(/^\/services\/rest\/auth\/oauth2\/v1\/token$/),
      { method: "GET", path: LIST, handle: (call) => page(call) },
      {
        method: "POST",
        path: /^\/services\/rest\/query\/v1\/suiteql$/,
        handle: ({ body }) => {
          const asked = typeof body.q === "string" ? body.q : "";
          const wanted = [...asked.matchAll(/memo LIKE '%((?:[^']|'')*)'/g)].map(([, like]) =>
            like!.replaceAll("''", "'"),
          );
          const fits = (memo: string, like: string) =>
            like.endsWith("%") ? memo.includes(like.slice(0, -1)) : memo.endsWith(like);
          if (wanted.length === 0)
            throw new Refusal(
              400,
              "INVALID_FIELD",
              `Only memo LIKE '%…' (OR …) can be asked for, found ${asked}.`,
            );
          const items = [...records.values()]
            .filter(({ memo }) => wanted.some((like) => fits(memo, like)))
            .flatMap(({ type, memo, lines }) => lines.map((line) => ({ type, memo, ...line })));
          return { status: 200, body: { items, totalResults: items.length, hasMore: false } };
        },
      },
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
    acts: {
      "end-sessions": () => {
        sessions.end();
        return {};
      },
      /** An accountant deletes a record, or writes other lines into it, and tells nobody. */
      "by-hand": (body) => {
        const [type, memo] = [text(body, "type"), text(body, "memo")];
        const found = [...records.entries()].find(([, one]) => one.type === type && one.memo === memo);
        if (found === undefined)
          throw new Refusal(404, "NONEXISTENT_ID", `There is no ${type} with the memo ${memo}.`);
        const lines = Array.isArray(body.lines) ? { lines: body.lines } : { gone: true };
        tools.commit({ kind: "by-hand", key: found[0], ...lines });
        return { id: found[1].id };
      },
    },
    settle: (body) => ({
      periods: Ledger.settle(body),
      ...(body.limits === undefined ? {} : { limits: Limits.settle(object(body, "limits")) }),
    }),
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
    dialect: refused,
    refusal: () => new Refusal(400, "INVALID_KEY_OR_REF", "The account is inactive."),
  };
}

const refused = ({ status, code, message }: Refusal): Answer => ({
  status,
  body: {
    type: "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5",
    title: status === 401 ? "Unauthorized" : status >= 500 ? "Internal Server Error" : "Bad Request",
    status,
    "o:errorDetails": [{ detail: message, "o:errorCode": netsuiteCode[code] ?? code }],
  },
});

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
