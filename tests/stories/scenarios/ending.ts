/**
 * How every scenario ends, besides its own final state: all systems agree, nothing is open, the books balance, nothing stands twice.
 *
 * What must stay true: it is read from the systems' own books and from what Crossdock keeps, never from what the story remembers; and
 * what a scenario leaves to a person is named by it, so that nothing else can hide behind it.
 */
import { expect } from "vitest";
import type { EstateFault, SystemName } from "../../../estate/client.ts";
import { differing } from "../agreement/kit.ts";
import type { World } from "../kit/world.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

export interface Ending {
  /** Parts of the numbers its documents have: `SO-1003`, `PR-7003`. */
  readonly about: readonly string[];
  /** Documents of these kinds are compared, without any grace. */
  readonly kinds: readonly string[];
  /** Items whose pieces ERP and warehouses hold alike, over all places they keep. */
  readonly stock: readonly string[];
  /** Each must have fired. */
  readonly faults: readonly (readonly [SystemName, EstateFault])[];
  /** What is left to people by the scenario itself: titles, one for each that is open. */
  readonly left?: readonly RegExp[];
}

/** Systems that keep a ledger, and say themselves what it comes to. */
const LEDGERS: readonly SystemName[] = ["erp", "finance"];
const AROUND: readonly SystemName[] = ["fusion", "dynamics", "s4cloud"];

/** By system: what of ours each of its records is booked under, by collection. What stands under one twice was booked twice. */
const BOOKED: Readonly<
  Partial<Record<SystemName, Readonly<Record<string, (one: Row) => string | undefined>>>>
> = {
  wms: {
    allocations: ({ reference }) => reference,
    shipOrders: ({ reference }) => reference,
    releases: ({ reference }) => reference,
    cancellations: ({ reference }) => reference,
    goodsIssues: ({ reference }) => reference,
    transfers: ({ reference }) => reference,
  },
  finance: {
    journalEntries: ({ externalId }) => externalId,
    customerPayments: ({ externalId }) => externalId,
  },
  payments: { captures: ({ orderId, invoice }) => `${orderId}/${invoice}` },
  tax: { documents: ({ documentCode }) => documentCode },
  bank: { paymentOrders: ({ paymentId }) => paymentId },
};

/** Asserts it for a scenario that has come to rest. `landscape`: the systems around the core are there too. */
export async function endsInAgreement(
  world: World,
  { about, kinds, stock, faults, left = [] }: Ending,
  { landscape = false } = {},
): Promise<void> {
  const like = about.map((part) => `%${part}%`);
  const rows = async (sql: string): Promise<Row[]> => (await world.pool.query(sql, [like])).rows;
  const open = () =>
    rows(
      `select d.contract, d.connection, d.status, d.reason from delivery d where d.status not in ('applied', 'superseded', 'cancelled')
        and (d.subject like any($1) or d.correlation like any($1))
        and not exists (select from exception x where x.subject_kind = 'delivery' and x.subject = d.key and x.resolved_at is null and x.owner <> '')`,
    );
  // Every parcel ends in one outcome; what is set aside is shown to somebody, and only that may stay.
  await world.until(
    `nothing about ${about.join(", ")} is on its way`,
    20_000,
    async () => (await open()).length === 0,
  );
  const shown = await rows(
    `select title from exception where resolved_at is null and (subject like any($1) or correlation like any($1) or reason like any($1)) order by title`,
  );
  expect(shown.map(({ title }) => title)).toEqual(left.map((title) => expect.stringMatching(title)));
  expect(await world.ask("GET", "/api/balance")).toMatchObject({ silent: 0, where: [] });

  // All that must agree about its documents do, asked this moment.
  const told = await differing(world, ...kinds);
  expect(told.filter((line) => about.some((part) => line.includes(part)))).toEqual([]);

  const systems = [...LEDGERS, ...(landscape ? AROUND : []), ...(Object.keys(BOOKED) as SystemName[])];
  const all = await Promise.all([...new Set(systems)].map(async (name) => [name, await world.books(name)]));
  const books = Object.fromEntries(all) as Record<string, Row>;
  for (const name of [...LEDGERS, ...(landscape ? AROUND : [])]) {
    const { debit, credit } = books[name].trialBalance;
    expect(debit, `what the ledger of ${name} debits`).toBe(credit);
  }
  expect(twice(books)).toEqual([]);
  const pieces = (item: string) => {
    const { stock: home, sites = {} } = books.wms;
    const places: Row[] = [home, ...Object.values(sites)];
    const shelves = places.reduce((sum, held) => sum + Number(held[item]?.onHand ?? 0), 0);
    return [Number(books.erp.stock[item].onHand) + Number(books.s4cloud?.stock[item] ?? 0), shelves];
  };
  for (const item of stock) {
    const [erp, warehouses] = pieces(item);
    expect(erp, `pieces of ${item} in the ERP`).toBe(warehouses);
  }
  for (const [system, fault] of faults)
    expect((await world.estate.faults(system)).fired[fault] ?? 0, `${system} ${fault}`).toBeGreaterThan(0);
}

/** What entries come to by account, debits and credits apart. */
export function balances(
  lines: readonly { readonly account: string; readonly debit?: string; readonly credit?: string }[],
): Record<string, [debit: string, credit: string]> {
  const sums = new Map<string, [bigint, bigint]>();
  const cents = (text = "0.00") => BigInt(text.replace(".", ""));
  for (const { account, debit, credit } of lines) {
    const [owed, owing] = sums.get(account) ?? [0n, 0n];
    sums.set(account, [owed + cents(debit), owing + cents(credit)]);
  }
  const money = (value: bigint) => `${value / 100n}.${String(value % 100n).padStart(2, "0")}`;
  return Object.fromEntries(
    [...sums].map(([name, [debit, credit]]) => [name, [money(debit), money(credit)]]),
  );
}

/** Everything that stands twice under one number of ours. */
function twice(books: Readonly<Record<string, Row>>): string[] {
  const again = (where: string, references: readonly (string | undefined)[]) => {
    const named = references.filter((one): one is string => typeof one === "string" && one !== "");
    return [...new Set(named.filter((one, at) => named.indexOf(one) !== at))].map(
      (one) => `${where} holds ${one} more than once.`,
    );
  };
  return [
    ...Object.entries(books.erp.documents as Record<string, Row[]>).flatMap(([set, documents]) =>
      again(
        `ERP ${set}`,
        documents.filter(({ lost }) => !lost).map(({ ExternalReference }) => ExternalReference),
      ),
    ),
    ...Object.entries(BOOKED).flatMap(([system, collections]) =>
      Object.entries(collections).flatMap(([name, by]) =>
        again(`${system} ${name}`, (books[system][name] ?? []).map(by)),
      ),
    ),
  ];
}
