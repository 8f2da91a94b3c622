/**
 * The tax engine: calculates tax and keeps committed documents, by idempotency key.
 *
 * What must stay true: one committed document per document code, its tax is its taxable amount times the rate of its
 * customer at that time, and a void never removes a document but marks it.
 *
 * @covers SYS-29
 */
import {
  amount,
  type Body,
  list,
  object,
  optionalText,
  problemDetails,
  Refusal,
  text,
} from "../kernel/call.ts";
import { money, portion } from "../kernel/decimal.ts";
import { KeyedAnswers } from "../kernel/keys.ts";
import type { Tools, Trade } from "../kernel/station.ts";

interface TaxDocument {
  readonly id: string;
  readonly documentCode: string;
  readonly customer: string;
  readonly currency: string;
  readonly taxableAmount: string;
  readonly taxAmount: string;
  readonly rate: string;
  readonly committedAt: string;
  voided: boolean;
  voidReason?: string;
}

export function tax(tools: Tools): Trade {
  const documents = new Map<string, TaxDocument>();
  const rates = new Map<string, string>();
  let rate = "0.20";
  const keys = new KeyedAnswers(tools.commit);

  function calculated(body: Body) {
    const customer = text(body, "customer");
    const place = optionalText(body, "jurisdiction");
    const own = rates.get(`${customer}/${place}`) ?? rates.get(customer) ?? rate;
    const positive = list(body, "lines").reduce((sum, line) => sum + amount(line, "amount"), 0n);
    // A credit gives tax back: its document counts against the others.
    const taxable = optionalText(body, "type") === "credit" ? -positive : positive;
    return {
      documentCode: text(body, "documentCode"),
      customer,
      currency: text(body, "currency"),
      taxableAmount: money(taxable),
      taxAmount: money(portion(taxable, own)),
      rate: own,
    };
  }

  return {
    apply(entry, at) {
      if (entry.kind === "answer") keys.apply(entry);
      else if (entry.kind === "committed") {
        const { kind: _, ...document } = entry;
        documents.set(
          entry.documentCode as string,
          { ...document, committedAt: at, voided: false } as unknown as TaxDocument,
        );
      } else if (entry.kind === "voided") {
        const document = documents.get(entry.documentCode as string);
        if (document !== undefined) Object.assign(document, { voided: true, voidReason: entry.reason });
      } else if (entry.kind === "by-hand") {
        const document = documents.get(entry.documentCode as string);
        if (document !== undefined) Object.assign(document, entry.changed);
      } else if (entry.kind === "settings") {
        const settings = entry.settings as { rate?: string; rates?: Record<string, string> };
        rate = settings.rate ?? rate;
        for (const [customer, own] of Object.entries(settings.rates ?? {})) rates.set(customer, own);
      }
    },
    routes: [
      {
        method: "POST",
        path: /^\/v2\/calculations$/,
        handle: ({ body }) => {
          const asOf = new Date().toISOString();
          return { status: 200, body: { ...calculated(body), committed: false, asOf } };
        },
      },
      {
        method: "POST",
        path: /^\/v2\/transactions$/,
        handle: (call) => {
          if (call.body.commit !== true) {
            return { status: 200, body: { id: null, ...calculated(call.body), committed: false } };
          }
          return keys.once(call, () => {
            const figures = calculated(call.body);
            const known = documents.get(figures.documentCode);
            if (known !== undefined) {
              throw new Refusal(
                409,
                "DOCUMENT_ALREADY_COMMITTED",
                `Document ${figures.documentCode} is committed already as ${known.id}.`,
                { existing: known.id },
              );
            }
            const id = `TX-${5001 + documents.size}`;
            tools.commit({ kind: "committed", id, ...figures });
            return { status: 201, body: { id, ...figures, committed: true } };
          });
        },
      },
      {
        method: "POST",
        path: /^\/v2\/voids$/,
        handle: (call) =>
          keys.once(call, () => {
            const documentCode = text(call.body, "documentCode");
            const reason = optionalText(call.body, "reason") ?? "";
            const known = documents.get(documentCode);
            if (known !== undefined && !known.voided) tools.commit({ kind: "voided", documentCode, reason });
            return {
              status: 201,
              body: { id: known?.id ?? null, documentCode, voided: known !== undefined },
            };
          }),
      },
      {
        method: "GET",
        path: /^\/v2\/transactions$/,
        handle: ({ query }) => {
          const starts = new Set((query.get("startsWith") ?? "").split(",").filter(Boolean));
          if (starts.size === 0)
            throw new Refusal(400, "INVALID_FIELD", "Say which: ?startsWith=SO-1/,SO-2/");
          const of = (code: string) => code.slice(0, code.lastIndexOf("/") + 1);
          return {
            status: 200,
            body: {
              documents: [...documents.values()].filter(({ documentCode }) => starts.has(of(documentCode))),
            },
          };
        },
      },
      {
        method: "GET",
        path: /^\/v2\/transactions\/(?<code>.+)$/,
        handle: ({ params }) => {
          const known = documents.get(params.code!);
          if (known === undefined)
            throw new Refusal(404, "NOT_FOUND", `There is no document ${params.code}.`);
          return { status: 200, body: known };
        },
      },
      keys.route,
    ],
    acts: {
      /** Somebody corrects, voids or enters a document at the tax engine's own screen, and tells nobody. */
      "by-hand": (body) => {
        const documentCode = text(body, "documentCode");
        const taxAmount = optionalText(body, "taxAmount");
        if (body.entered === true) {
          tools.commit({ kind: "committed", id: `TX-${documents.size + 1}-hand`, documentCode, taxAmount });
          return { documentCode };
        }
        if (!documents.has(documentCode))
          throw new Refusal(404, "NOT_FOUND", `There is no document ${documentCode}.`);
        const changed = {
          ...(taxAmount === undefined ? {} : { taxAmount }),
          ...(typeof body.voided === "boolean" ? { voided: body.voided } : {}),
        };
        tools.commit({ kind: "by-hand", documentCode, changed });
        return { documentCode, ...changed };
      },
    },
    settle(body) {
      const checked = (value: unknown) => {
        if (typeof value !== "string" || !/^[01](\.\d{1,4})?$/.test(value)) {
          throw new Refusal(
            400,
            "INVALID_FIELD",
            `A rate is text such as "0.20", found ${JSON.stringify(value)}.`,
          );
        }
        return value;
      };
      return {
        ...(body.rate === undefined ? {} : { rate: checked(body.rate) }),
        rates: Object.fromEntries(
          Object.entries(object(body, "rates")).map(([name, own]) => [name, checked(own)]),
        ),
      };
    },
    books: () => ({
      rate,
      documents: [...documents.values()],
      replayedAnswers: keys.replayed,
    }),
    resume: () => undefined,
    dialect: problemDetails,
    refusal: () =>
      new Refusal(422, "JURISDICTION_UNKNOWN", "The address cannot be assigned to a jurisdiction."),
  };
}
