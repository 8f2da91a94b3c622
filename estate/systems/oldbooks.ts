/**
 * A finance application of the nineties that is only a database: tables, triggers, and clerks with a form.
 *
 * What must stay true: a voucher stands once, nothing is written into a month that is closed, and what a clerk enters stands in the
 * journal and in the outbox together or not at all. Its books are the tables themselves, in the schema `old_books` of the database it is
 * given; without one it does nothing. It has no port worth speaking of, so faults of requests mean nothing to it.
 *
 * @covers SYS-36, SYS-46
 */
import pg from "pg";
import { amount, type Body, object, optionalText, problemDetails, Refusal, text } from "../kernel/call.ts";
import { money } from "../kernel/decimal.ts";
import { dayIn, Ledger } from "../kernel/ledger.ts";
import type { Tools, Trade } from "../kernel/station.ts";

const TABLES = `
  create schema if not exists old_books;
  create table if not exists old_books.closed_month (month text primary key);
  create table if not exists old_books.journal (
    voucher text primary key, number bigint generated always as identity (start with 500001), day date not null,
    debit_account text not null, credit_account text not null, amount numeric(15, 2) not null check (amount > 0),
    currency char(3) not null, memo text, written timestamptz not null default now());
  create table if not exists old_books.outbox (
    id bigint generated always as identity primary key, body jsonb not null, taken_at timestamptz);
  create or replace function old_books.open_month() returns trigger language plpgsql as $$
    begin
      if exists (select from old_books.closed_month where month = to_char(new.day, 'YYYY-MM')) then
        raise exception 'Month % is closed.', to_char(new.day, 'YYYY-MM');
      end if;
      return new;
    end $$;
  drop trigger if exists open_month on old_books.journal;
  create trigger open_month before insert or update on old_books.journal
    for each row execute function old_books.open_month();`;

export function oldbooks(tools: Tools): Trade {
  const { database } = tools.estate;
  const pool = database === undefined ? undefined : new pg.Pool({ connectionString: database, max: 2 });
  pool?.on("error", () => undefined);
  const ready = pool?.query(TABLES).then(() => pool);
  // Whoever asks next is told why.
  ready?.catch(() => undefined);

  async function connected(): Promise<pg.Pool> {
    if (ready !== undefined) return ready;
    throw new Refusal(409, "NO_DATABASE", "The old books need a database: start the estate with --database.");
  }

  return {
    apply: () => undefined,
    routes: [],
    acts: {
      /** A clerk enters a voucher; the application writes it down for whoever reads its outbox. */
      async enter(body) {
        const voucher = text(body, "voucher");
        const entry = {
          voucher,
          day: dayIn(body, "day"),
          debit: text(body, "debit"),
          credit: text(body, "credit"),
          amount: money(amount(body, "amount")),
          currency: optionalText(body, "currency") ?? "EUR",
          memo: text(body, "memo"),
        };
        const { day, debit, credit, memo, currency } = entry;
        await (await connected()).query(
          `with entered as (
             insert into old_books.journal (voucher, day, debit_account, credit_account, amount, currency, memo)
             values ($1, $2, $3, $4, $5, $6, $7) returning voucher)
           insert into old_books.outbox (body) select $8::jsonb from entered`,
          [voucher, day, debit, credit, entry.amount, currency, memo, JSON.stringify(entry)],
        );
        return { voucher };
      },
    },
    async settle(body) {
      const periods = Ledger.settle({ periods: object(body, "periods") });
      for (const [month, state] of Object.entries(periods)) {
        await (await connected()).query(
          state === "closed"
            ? "insert into old_books.closed_month values ($1) on conflict do nothing"
            : "delete from old_books.closed_month where month = $1",
          [month],
        );
      }
      return { periods };
    },
    async books(): Promise<Body> {
      if (ready === undefined) return { database: "none" };
      const { rows } = await (await connected()).query(
        `select voucher, number::text, day::text, debit_account, credit_account, amount::text, currency, memo
           from old_books.journal order by number`,
      );
      const { rows: waiting } = await (await connected()).query(
        "select count(*)::int as count from old_books.outbox where taken_at is null",
      );
      return { journal: rows, untold: waiting[0].count };
    },
    resume: () => undefined,
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "The old books are a database."),
    stop: () => void pool?.end(),
  };
}
