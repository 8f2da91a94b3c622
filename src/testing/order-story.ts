/**
 * Fills a database with orders as the engine leaves them behind, for tests and pictures of what people read.
 *
 * Rows are written by SQL in the shape the engine writes (migrations/, src/trace/record.ts, src/work/), so the reading
 * side is tested without waiting for twenty orders to cross a dock. The people, numbers and amounts are invented.
 */
import type { Pool } from "pg";
import Type from "typebox";
import { canon, finance, fulfilment, inventory, logistics, sales } from "../contracts/canon/index.ts";
import { type Message, milestoneSaid } from "../contracts/contract.ts";
import { process } from "../processes/process.ts";
import { ensure } from "../std/errors.ts";
import type { Known } from "../trace/index.ts";

/** The header of order-to-cash with its clocks; what it does is not the point here. */
export const orderToCash = process({
  name: "order-to-cash",
  version: 1,
  owner: "order-management",
  summary: "From an order to cash in the bank.",
  keyType: "order",
  state: Type.Object({}),
  milestones: {
    accepted: { due: "2m" },
    "credit approved": { due: "4h" },
    allocated: { due: "5h" },
    dispatched: { due: "3d" },
    invoiced: { due: "4d" },
    paid: { due: "30d" },
  },
  approvals: { "credit review": { by: "credit-team", within: "4h" } },
});

const MILESTONES = Object.keys(orderToCash.header.milestones);
export type Until =
  | "captured"
  | "accepted"
  | "credit approved"
  | "allocated"
  | "dispatched"
  | "invoiced"
  | "paid";
export type Trouble =
  | "credit"
  | "erp unclear"
  | "item unknown"
  | "wms away"
  | "ledger tries"
  | "disagreement";

/** Connections by the name and the title people use. */
export const CONNECTIONS = new Map(
  Object.entries({
    "acme-mailbox": { title: "ACME mailbox", owner: "edi team" },
    shop: { title: "Web shop", owner: "commerce" },
    erp: { title: "ERP", owner: "erp team" },
    wms: { title: "WMS Lyon", owner: "logistics" },
    tms: { title: "Carrier desk", owner: "logistics" },
    crm: { title: "CRM", owner: "sales" },
    tax: { title: "Tax engine", owner: "finance" },
    finance: { title: "Ledger", owner: "finance" },
    bank: { title: "Bank", owner: "treasury" },
  }),
);

export const known: Known = {
  contracts: new Map(canon.map((contract) => [contract.name, contract])),
  processes: new Map([["order-to-cash@1", orderToCash]]),
  connections: CONNECTIONS,
};

interface Told {
  readonly message: Message;
  readonly source: string;
  readonly causation: string | null;
  readonly afterMs: number;
  readonly extra?: object;
}

/** Opens partitions for all time; the engine makes one a month. */
export async function prepare(pool: Pool): Promise<void> {
  await pool.query("create table if not exists event_all partition of event default");
  await pool.query("create table if not exists arrival_all partition of arrival default");
  await pool.query(
    "insert into worker (id, host) values ('worker-1', 'localhost') on conflict (id) do update set heartbeat = clock_timestamp()",
  );
}

export interface Filled {
  readonly correlation: string;
  readonly order: string;
  readonly po: string;
  /** Delivery keys by what they carry: "erp", "wms" … */
  readonly deliveries: Readonly<Record<string, string>>;
  readonly positions: Readonly<Record<string, string>>;
}

/**
 * Writes one order that has come as far as `until`, possibly in trouble there. `startedMinutesAgo` places it in time;
 * numbers derive from `number`, so each order has its own.
 */
export async function fillOrder(
  pool: Pool,
  number: number,
  {
    until = "paid" as Until,
    trouble = undefined as Trouble | undefined,
    startedMinutesAgo = 30,
    quantity = 10,
  } = {},
): Promise<Filled> {
  const order = `SO-${10_000 + number}`;
  const po = `PO-${4_700 + number}`;
  const correlation = `order/${order}`;
  const edi = number % 2 === 1;
  const customer = edi ? "C-ACME" : "C-SHOP";
  const start = Date.now() - startedMinutesAgo * 60_000;
  const time = (afterMs: number) => new Date(Math.min(start + afterMs, Date.now())).toISOString();
  const total = { amount: `${quantity * 500}.00`, currency: "EUR" };
  const lines = [{ line: "1", item: "PUMP-100", quantity: { value: String(quantity), uom: "EA" } }];
  const price = { amount: "500.00", currency: "EUR", per: { value: "1", uom: "EA" } };
  const priced = lines.map((line) => ({ ...line, price }));
  const amounts = lines.map((line) => ({ ...line, amount: total }));
  const reaches = (milestone: Until) =>
    ["captured", ...MILESTONES].indexOf(until) >= ["captured", ...MILESTONES].indexOf(milestone);

  const arrival = uuid(number, 1);
  const body = `ISA*00*          *00*          *ZZ*ACME           *ZZ*MERIDIAN       ~BEG*00*SA*${po}~`;
  await pool.query(
    "insert into arrival (id, flow, source, message_id, received_at, media_type, body) values ($1, $2, $3, $4, $5, $6, $7)",
    [
      arrival,
      edi ? "acme-orders-in" : "shop-orders-in",
      edi ? "acme-mailbox" : "shop",
      `${po}.edi`,
      time(0),
      "application/edi-x12",
      Buffer.from(body),
    ],
  );

  const postOrder = made("erp.post-sales-order", {
    salesOrderId: order,
    customerReference: po,
    customer,
    total,
    lines: priced,
  });

  const positions: Record<string, string> = {};
  const deliveries: Record<string, string> = {};
  const marks: { name: string; at: string; part?: number; of?: number }[] = [];
  const tell = async (
    name: string,
    { message, source, causation, afterMs, extra }: Told,
  ): Promise<string> => {
    const { rows } = await pool.query<{ position: string }>(
      `insert into event (recorded_at, occurred_at, kind, id, contract, version, key, source, correlation, causation, data, extra)
       values ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning position::text as position`,
      [
        time(afterMs),
        message.kind,
        `${correlation}:${name}`,
        message.contract,
        message.version,
        message.key,
        source,
        correlation,
        causation,
        JSON.stringify(message.data),
        extra ? JSON.stringify(extra) : null,
      ],
    );
    for (const key of message.keys) {
      await pool.query(
        "insert into business_key (value, type, correlation, system) values ($1, $2, $3, $4) on conflict do nothing",
        [key.value, key.type, correlation, key.system ?? null],
      );
    }
    const says = known.contracts.get(message.contract)?.says;
    const milestone = says && milestoneSaid(says, message.data);
    if (milestone !== undefined) await opine(pool, correlation, milestone, source, true, time(afterMs));
    positions[name] = rows[0]!.position;
    return `event:${rows[0]!.position}`;
  };
  const owe = async (
    name: string,
    connection: string,
    message: Message,
    afterMs: number,
    causation: string,
    state: Owed,
  ) => {
    await tell(name, { message, source: "order-to-cash", causation, afterMs });
    const key = hex(number, name);
    deliveries[connection] ??= key;
    await pool.query(
      `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, attempts, doubts, next_try_at, created_at, updated_at, reference, reason, error_code)
       values ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        key,
        `${connection}-out`,
        connection,
        message.contract,
        correlation,
        correlation,
        positions[name],
        state.status,
        state.attempts ?? 1,
        state.status === "in_doubt" ? 1 : 0,
        state.nextMs === undefined ? null : new Date(Date.now() + state.nextMs).toISOString(),
        time(afterMs),
        time(afterMs + 900),
        state.reference ?? null,
        state.reason ?? null,
        state.code ?? null,
      ],
    );
    for (const [index, attempt] of (state.tried ?? []).entries()) {
      await pool.query(
        "insert into attempt (delivery, number, at, outcome, reason) values ($1, $2, $3, $4, $5)",
        [key, index + 1, time(afterMs + index * 20_000), attempt.outcome, attempt.reason],
      );
    }
    return {
      key,
      cause: `event:${positions[name]}`,
      extra: { delivery: key, connection, reference: state.reference, attempts: state.attempts ?? 1, ms: 41 },
    };
  };
  const except = (subject: string, more: Excepted) => raise(pool, correlation, subject, more, time(60_000));

  const captured = await tell("captured", {
    message: sales.OrderCaptured.of({
      salesOrderId: order,
      customerReference: po,
      customer,
      channel: edi ? "edi" : "shop",
      capturedAt: time(0),
      currency: "EUR",
      payment: { method: "invoice" },
      shipTo: {
        name: edi ? "ACME Corp" : "Web customer",
        street: "12 rue des Quais",
        city: "Lyon",
        country: "FR",
      },
      lines: priced,
      total,
      ...(edi ? { ediControlNumber: String(100_000_000 + number) } : {}),
    }),
    source: edi ? "acme-mailbox" : "shop",
    causation: `arrival:${arrival}`,
    afterMs: 20,
    extra: {},
  });

  if (reaches("accepted")) {
    const data = { salesOrderId: order, customerReference: po, customer };
    await tell("accepted", {
      message: sales.OrderAccepted.of({ ...data, acceptedAt: time(400) }),
      source: "order-to-cash",
      causation: captured,
      afterMs: 400,
    });
    marks.push({ name: "accepted", at: time(400) });
    await opine(pool, correlation, "accepted", "crm", true, time(2_000));
  }
  if (trouble === "item unknown") {
    const post = await owe("post", "erp", postOrder, 800, captured, {
      status: "parked",
      reason: "ERP does not know item PUMP-100X.",
      code: "XD_REFUSED",
      tried: [{ outcome: "refused", reason: "V1/302: material PUMP-100X is not defined in plant LYO." }],
    });
    await except(post.key, {
      fingerprint: "data|erp|erp.post-sales-order|V1/302",
      class: "data",
      connection: "erp",
      title: "ERP does not know an item",
      reason: "Line 1: item PUMP-100X is not defined in plant LYO.",
      owner: "master data",
    });
  } else if (trouble === "erp unclear") {
    const post = await owe("post", "erp", postOrder, 800, captured, {
      status: "in_doubt",
      attempts: 3,
      reason: "We sent the order to ERP and got no answer; ERP could not be asked.",
      code: "XD_IN_DOUBT",
      tried: [
        { outcome: "in doubt", reason: "No answer in 30 s." },
        { outcome: "not found", reason: "ERP search did not answer." },
      ],
    });
    await except(post.key, {
      fingerprint: "unclear outcome|erp|erp.post-sales-order|timeout",
      class: "unclear outcome",
      connection: "erp",
      title: "Sales order sent to ERP, no answer",
      reason: `We sent ${order} to ERP and got no answer. It may or may not be booked. Check before sending again.`,
      owner: "erp team",
    });
  } else if (reaches("accepted")) {
    const posted = await owe("post", "erp", postOrder, 800, captured, {
      status: "applied",
      reference: String(4_500_000 + number),
    });
    await tell("posted", {
      message: sales.OrderAccepted.of({
        salesOrderId: order,
        customerReference: po,
        customer,
        erpOrderId: String(4_500_000 + number),
        acceptedAt: time(1_400),
      }),
      source: "erp",
      causation: posted.cause,
      afterMs: 1_400,
      extra: posted.extra,
    });
  }
  if (trouble === "credit") {
    await pool.query(
      `insert into question (id, process, key, lane, approval, asked_of, because, correlation, asked_at, due_at) values ($1, 'order-to-cash', $2, 0, 'credit review', 'credit-team', $3, $4, $5, $6)`,
      [
        `order-to-cash:${order}:credit review:1`,
        order,
        `${total.amount} EUR is above the limit of 8000.00 EUR.`,
        correlation,
        time(2_000),
        new Date(Date.now() + 90 * 60_000).toISOString(),
      ],
    );
  }
  let cause = captured;
  if (reaches("credit approved")) {
    cause = await tell("credit", {
      message: sales.CreditApproved.of({ ...sales.CreditApproved.sample, salesOrderId: order }),
      source: "erp",
      causation: captured,
      afterMs: 3_000,
    });
    marks.push({ name: "credit approved", at: time(3_000) });
  }
  const away = trouble === "wms away";
  if (reaches("credit approved")) {
    const allocate = fulfilment.AllocateStock.of({ ...fulfilment.AllocateStock.sample, salesOrderId: order });
    const owed = await owe(
      "allocate",
      "wms",
      allocate,
      3_200,
      cause,
      away
        ? {
            status: "owed",
            attempts: 3,
            nextMs: 40_000,
            reason: "WMS Lyon refused the connection.",
            code: "XD_UNAVAILABLE",
            tried: [1, 2, 3].map(() => ({ outcome: "unavailable", reason: "Connection refused." })),
          }
        : {
            status: "applied",
            reference: `AL-${number}`,
            attempts: 2,
            tried: [{ outcome: "unavailable", reason: "It asked to come back in 2 s." }],
          },
    );
    if (away)
      await except(owed.key, {
        fingerprint: "temporary|wms|*|connection refused",
        class: "temporary",
        connection: "wms",
        title: "WMS Lyon is not answering",
        reason: "WMS Lyon is not answering. We keep trying; nothing is lost.",
        owner: "logistics",
      });
    if (reaches("allocated")) {
      cause = await tell("allocated", {
        message: inventory.StockAllocated.of({
          ...inventory.StockAllocated.sample,
          allocationId: `AL-${number}`,
          salesOrderId: order,
        }),
        source: "wms",
        causation: owed.cause,
        afterMs: 6_000,
        extra: owed.extra,
      });
      marks.push({ name: "allocated", at: time(6_000) });
    }
  }
  if (reaches("dispatched")) {
    const shipment = `SH-${800 + number}`;
    const shipped = {
      ...logistics.ShipmentDispatched.sample,
      salesOrderId: order,
      shipmentId: shipment,
      lines,
      handlingUnits: [{ sscc: `3401234500000${String(10_000 + number)}` }],
      trackingNumber: `TRK-${55_000 + number}`,
      dispatchedAt: time(60_000),
    };
    cause = await tell("dispatched", {
      message: logistics.ShipmentDispatched.of(shipped),
      source: "wms",
      causation: cause,
      afterMs: 60_000,
    });
    const partly = trouble === "ledger tries";
    marks.push({ name: "dispatched", at: time(60_000), ...(partly ? { part: 1, of: 2 } : {}) });
    await opine(pool, correlation, "dispatched", "tms", trouble !== "disagreement", time(61_000));
    await opine(pool, correlation, "dispatched", "crm", trouble !== "disagreement", time(62_000));
  }
  if (trouble === "ledger tries") {
    const entry = await owe(
      "bill",
      "finance",
      made("ledger.post-entry", { salesOrderId: order }),
      61_000,
      cause,
      {
        status: "parked",
        attempts: 12,
        reason: "The Ledger did not answer 12 times in 24 hours.",
        code: "XD_UNAVAILABLE",
        tried: [{ outcome: "unavailable", reason: "503, asked to come back later." }],
      },
    );
    await except(entry.key, {
      fingerprint: "access|finance|*|tries used up",
      class: "access",
      connection: "finance",
      title: "Tries used up at the Ledger",
      reason: "The token of Ledger has expired. Rotate it, then try again.",
      owner: "finance",
    });
  }
  if (reaches("invoiced")) {
    const invoice = {
      ...finance.InvoicePosted.sample,
      taxDocumentId: `TX-${number}`,
      salesOrderId: order,
      shipmentId: `SH-${800 + number}`,
      invoiceId: `INV-${90_000 + number}`,
      lines: amounts,
      taxExclusiveAmount: total,
      taxAmount: { amount: `${quantity * 100}.00`, currency: "EUR" },
      taxInclusiveAmount: { amount: `${quantity * 600}.00`, currency: "EUR" },
      postedAt: time(90_000),
    };
    const bill = await owe(
      "invoice",
      "erp",
      made("erp.post-invoice", {
        salesOrderId: order,
        shipmentId: `SH-${800 + number}`,
        taxDocumentId: `TX-${number}`,
      }),
      80_000,
      cause,
      {
        status: "applied",
        reference: invoice.invoiceId,
      },
    );
    cause = await tell("invoiced", {
      message: finance.InvoicePosted.of(invoice),
      source: "erp",
      causation: bill.cause,
      afterMs: 90_000,
      extra: bill.extra,
    });
    marks.push({ name: "invoiced", at: time(90_000) });
  }
  if (reaches("paid")) marks.push({ name: "paid", at: time(120_000) });

  const last = marks.at(-1);
  const completed = reaches("paid");
  await pool.query(
    `insert into instance (process, key, version, lane, status, milestone, milestone_at, correlation, started_at, updated_at, body)
     values ('order-to-cash', $1, 1, 0, $2, $3, $4, $5, $6, $7, $8)`,
    [
      order,
      completed ? "completed" : "running",
      last?.name ?? null,
      last?.at ?? null,
      correlation,
      time(100),
      last?.at ?? time(200),
      JSON.stringify({
        state: {},
        milestones: marks,
        timers: completed
          ? []
          : [{ name: "shipment due", due: new Date(Date.now() + 7_200_000).toISOString() }],
        questions: [],
        undo: [],
        inputs: [],
        kept: [],
        notes:
          trouble === "wms away"
            ? [{ at: time(10_000), text: "Allocation is late; the warehouse does not answer." }]
            : [],
        asked: 0,
      }),
    ],
  );
  await pool.query(
    `insert into counter (scope, name, delta) select 'order-to-cash', name, 1 from unnest($1::text[]) as c(name)`,
    [
      [
        "started",
        ...marks.map(({ name }) => `reached ${name}`),
        ...(completed ? ["completed"] : last ? [`at ${last.name}`] : []),
      ],
    ],
  );
  return { correlation, order, po, deliveries, positions };
}

/** A payment that settles an order's invoice: a transaction of its own, tied to the order by the invoice number. */
export async function fillPayment(pool: Pool, invoice: string, entry: string): Promise<string> {
  const correlation = `bankReference/${entry}`;
  await pool.query(
    `insert into event (occurred_at, kind, id, contract, version, key, source, correlation, causation, data)
     values (clock_timestamp(), 'event', $1, 'finance.bank-entry-received', 1, $1, 'bank', $1, null, $2)`,
    [correlation, JSON.stringify({ amount: { amount: "6000.00", currency: "EUR" }, remittance: invoice })],
  );
  await pool.query(
    "insert into business_key (value, type, correlation, system) values ($1, 'invoice', $2, null), ($3, 'bankReference', $2, 'bank')",
    [invoice, correlation, entry],
  );
  return correlation;
}

interface Owed {
  readonly status: "applied" | "owed" | "parked" | "in_doubt" | "held";
  readonly attempts?: number;
  readonly reference?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly nextMs?: number;
  readonly tried?: readonly { outcome: string; reason: string }[];
}

interface Excepted {
  readonly fingerprint: string;
  readonly class: string;
  readonly connection: string;
  readonly title: string;
  readonly reason: string;
  readonly owner: string;
}

async function raise(
  pool: Pool,
  correlation: string,
  subject: string,
  more: Excepted,
  at: string,
): Promise<void> {
  await pool.query(
    `insert into exception (fingerprint, class, subject_kind, subject, connection, correlation, title, reason, owner, opened_at)
     values ($1, $2, 'delivery', $3, $4, $5, $6, $7, $8, $9)`,
    [
      more.fingerprint,
      more.class,
      subject,
      more.connection,
      correlation,
      more.title,
      more.reason,
      more.owner,
      at,
    ],
  );
}

async function opine(
  pool: Pool,
  subject: string,
  milestone: string,
  system: string,
  reached: boolean,
  at: string,
): Promise<void> {
  await pool.query(
    `insert into opinion values ($1, $2, $3, $4, $5) on conflict (subject, milestone, system) do update set reached = excluded.reached, said_at = excluded.said_at`,
    [subject, milestone, system, reached, at],
  );
}

/** A message of a canonical contract: its sample with some fields of our own. */
function made(name: string, fields: object): Message {
  const contract = known.contracts.get(name);
  ensure(contract, `${name} is a canonical contract`);
  return contract.of({ ...contract.sample, ...fields });
}

const uuid = (number: number, part: number): string =>
  `00000000-0000-4000-8000-${String(part).padStart(4, "0")}${String(number).padStart(8, "0")}`;
const hex = (number: number, name: string): string =>
  Buffer.from(`${name}-${number}`).toString("hex").padEnd(32, "0").slice(0, 32);
