/** Reading never scans a table: the statements themselves are explained on a database filled with 20,000 orders. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { known, prepare } from "../testing/order-story.ts";
import { behindWhere } from "./causes.ts";
import { COUNTS } from "./counted.ts";
import * as documentSql from "./document.ts";
import * as documentsSql from "./documents.ts";
import { eventsOfWhere, eventsWhere } from "./events.ts";
import { exactWhere, prefixWhere } from "./find.ts";
import { someoneWhere, waitingWhere } from "./funnel.ts";
import { CALLS, COUNTED_OF, COUNTED_SINCE, COUNTS_BY_MINUTE, OUTAGES, QUEUE } from "./history.ts";
import { overview, recent } from "./index.ts";
import { exceptionsSinceWhere, fixedSinceWhere } from "./insights.ts";
import { INSTANCES_BY_KEYS } from "./instances.ts";
import {
  causesWhere,
  groupItemsWhere,
  groupsWhere,
  moneyWhere,
  needsWhere,
  questionsWhere,
} from "./needs.ts";
import { followersWhere, sendersWhere, takersWhere } from "./observed.ts";
import { LEDGERS, openPostingsWhere } from "./periods.ts";
import { within } from "./places.ts";
import { questionsOpenWhere } from "./process.ts";
import { KEYS_OF, SHARERS } from "./related.ts";
import { contradictionsWhere } from "./savings.ts";
import { NUMBERED } from "./senders.ts";
import { solvedWhere } from "./solved.ts";
import { standingAt } from "./standing.ts";
import { openByKindWhere, openOfWhere } from "./system.ts";
import { openByConnectionWhere } from "./systems.ts";

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase();
  await prepare(db.pool);
  for (const statement of FILL) await db.pool.query(statement);
}, 120_000);
afterAll(() => db.drop());

const ORDERS = 20_000;
const FILL = [
  `insert into event (recorded_at, occurred_at, kind, id, contract, version, key, source, correlation, causation, data)
   select now(), now(), 'event', 'e-' || o || '-' || n, 'sales.order-accepted', 1, 'order/SO-' || o, 'erp', 'order/SO-' || o, null, '{"salesOrderId":"x"}'
     from generate_series(1, ${ORDERS}) o, generate_series(1, 8) n`,
  `insert into business_key (value, type, correlation) select 'SO-' || o, 'order', 'order/SO-' || o from generate_series(1, ${ORDERS}) o`,
  `insert into business_key (value, type, correlation) select 'INV-' || o, 'invoice', 'order/SO-' || o from generate_series(1, ${ORDERS}) o`,
  `insert into instance (process, key, version, lane, status, milestone, milestone_at, correlation, body)
   select 'order-to-cash', 'SO-' || o, 1, 0, 'running', 'accepted', now() - o * interval '1 s', 'order/SO-' || o, '{}' from generate_series(1, ${ORDERS}) o`,
  `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status)
   select md5('d' || o || n), 'erp-out', 'erp', 'erp.post-sales-order', 'order/SO-' || o, 0, 'order/SO-' || o, o, 'applied'
     from generate_series(1, ${ORDERS}) o, generate_series(1, 3) n`,
  `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, attempts)
   select md5('o' || o), 'wms-out', 'wms', 'wms.ship-order', 'order/SO-' || o, 0, 'order/SO-' || o, o, 'owed', 2 from generate_series(1, 300) o`,
  `insert into attempt (delivery, number, outcome) select key, 1, 'unavailable' from delivery`,
  `insert into question (id, process, key, lane, approval, asked_of, correlation, due_at, verdict)
   select 'q' || o, 'order-to-cash', 'SO-' || o, 0, 'credit review', 'credit-team', 'order/SO-' || o, now(), case when o > 50 then 'approved' end
     from generate_series(1, ${ORDERS}) o`,
  `insert into exception (fingerprint, class, subject_kind, subject, correlation, title, reason, owner, resolved_at)
   select 'f' || o % 5, 'data', 'delivery', 'd' || o, 'order/SO-' || o, 't', 'r', 'o', case when o > 50 then now() end
     from generate_series(1, ${ORDERS}) o`,
  `insert into opinion select 'order/SO-' || o, 'accepted', s, true, now() from generate_series(1, ${ORDERS}) o, unnest(array['erp', 'crm']) s`,
  `insert into counter select p, 'reached m' || n, 1 from generate_series(1, 200) p, generate_series(1, 100) n`,
  `insert into arrival (id, flow, source, message_id, body) select gen_random_uuid(), 'f', 's', 'm' || o, '' from generate_series(1, ${ORDERS}) o`,
  `insert into call_minute select c, date_trunc('minute', now()) - n * interval '1 minute', 'w', 1, 0, 0, '{1}'
     from generate_series(1, 5000) n, unnest(array['erp', 'wms']) c`,
  `insert into queue_minute select c, date_trunc('minute', now()) - n * interval '1 minute', 1, 0, 0
     from generate_series(1, 5000) n, unnest(array['erp', 'wms']) c`,
  `insert into outage (connection, worker, because, began_at, ended_at)
     select 'erp', 'w', 'b', now() - n * interval '1 hour', now() - n * interval '59 minutes' from generate_series(1, 5000) n`,
  `insert into count_minute select p, 'reached m' || m, date_trunc('hour', now()) - n * interval '1 hour', 1
     from generate_series(1, 5) p, generate_series(1, 10) m, generate_series(1, 400) n`,
  `insert into counted select p, 'reached m' || n, 1 from generate_series(1, 200) p, generate_series(1, 100) n`,
  "analyze",
];

const one = ["order/SO-77"];
/** Of a reading of the journal: type, kind, source, from, to, how many. */
const NOTHING_ASKED = [null, null, null, new Date(0), new Date("9999-12-31"), 51];
const plant = [{ domains: null, plants: ["LYON"], entities: null }];
const lyon = within(plant, "exception.correlation", 1);
const lyonsDeliveries = within(plant, "delivery.correlation", 2);

test.each<[string, string, unknown[]]>([
  ["finding a number", exactWhere("true"), [["INV-77"], 20]],
  [
    "finding the beginning of a number",
    prefixWhere("true"),
    ["INV-77", "INV-77\u{10FFFF}", "inv", "inv\u{10FFFF}", 20],
  ],
  [
    "what a caller's number belongs to",
    NUMBERED,
    ["INV-77", ["invoice"], ["invoice/INV-77"], "order/", "erp", false, 20],
  ],
  ["the numbers of a document", KEYS_OF, [one]],
  ["who shares a number", SHARERS, [["invoice"], ["INV-77"]]],
  ["first and last message", documentsSql.FIRST_AND_LAST, [one]],
  ["open exceptions of a document", documentsSql.OPEN_EXCEPTIONS_OF, [one]],
  ["open questions of a document", documentsSql.OPEN_QUESTIONS_OF, [one]],
  ["open deliveries of a document", documentsSql.OPEN_DELIVERIES_OF, [one]],
  ["recent documents", documentsSql.windowWhere("true"), [159_000, 160_000]],
  ["lines of the journal", eventsWhere("true"), ["160000", ...NOTHING_ASKED, "156000"]],
  ["lines of the journal about a document", eventsOfWhere("true"), ["160000", ...NOTHING_ASKED, one]],
  [
    "what may be late",
    standingAt("all", "accepted", "i.started_at < $7"),
    ["order-to-cash", "accepted", "-infinity", "", 101, [], new Date(Date.now() + 60_000)],
  ],
  ["the messages of a document", documentSql.EVENTS_OF, [one, 2_000]],
  ["the arrivals of a document", documentSql.ARRIVALS, [["00000000-0000-4000-8000-000000000001"]]],
  ["the deliveries of a document", documentSql.DELIVERIES_OF, [one]],
  ["the attempts of a document", documentSql.ATTEMPTS_OF, [["d1", "d2"]]],
  ["the opinions about a document", documentSql.OPINIONS_OF, [one]],
  ["one step", documentSql.STEP, ["order/SO-77", "77"]],
  ["the instances of a document", INSTANCES_BY_KEYS, [["SO-77"]]],
  ["the counts of a process", COUNTS, ["7"]],
  ["who needs someone, by milestone", someoneWhere("true", "true"), [["order-to-cash"], ["order"]]],
  ["who waits, by milestone", waitingWhere("true"), [["order-to-cash"], ["order"], ["wms"], 20_000]],
  ["what waits for each system", openByConnectionWhere("true"), [500_000]],
  ["what is open for a system, by kind", openByKindWhere("true"), ["wms"]],
  ["what is open for a system", openOfWhere("true"), ["wms", "0", 50]],
  ["the calls of a system", CALLS, ["erp", new Date(Date.now() - 3_600_000)]],
  ["the queue of a system", QUEUE, ["erp", new Date(Date.now() - 3_600_000)]],
  ["the outages of a system", OUTAGES, ["erp", new Date(Date.now() - 3_600_000)]],
  ["counts of a span", COUNTED_SINCE, ["2", new Date(Date.now() - 3_600_000)]],
  ["counts by the minute", COUNTS_BY_MINUTE, ["2", ["reached m1"], new Date(Date.now() - 3_600_000)]],
  [
    "exceptions by class and time",
    exceptionsSinceWhere("true"),
    [new Date(Date.now() + 60_000), "60 seconds"],
  ],
  ["contradictions found", contradictionsWhere("true"), [new Date(Date.now() + 60_000)]],
  ["one count of many", COUNTED_OF, [["shop-orders-in"], "arrival copies", new Date()]],
  ["how soon exceptions were closed", fixedSinceWhere("true"), [new Date(Date.now() + 60_000)]],
  ["open questions of a process", questionsOpenWhere("true"), ["order-to-cash"]],
  ...(["all", "someone", "waiting", "normal"] as const).map((how): [string, string, unknown[]] => [
    `who stands at a milestone (${how})`,
    standingAt(how, "accepted"),
    ["order-to-cash", "accepted", "-infinity", "", 50, ["wms"]],
  ]),
  ["causes", groupsWhere("true"), []],
  ["causes in a line", causesWhere("true"), []],
  [
    "what waits behind a cause",
    behindWhere("true"),
    [["d1"], ["erp"], ["order/SO-1"], ["1"], ["order/SO-1"]],
  ],
  ["the exceptions of a cause", groupItemsWhere("true"), [["f1"], 50]],
  ["what was solved lately", solvedWhere("true", "true"), [new Date(Date.now() + 60_000), 2_000, 101]],
  ["open questions", questionsWhere("true"), [200, "-infinity", ""]],
  ["how many need someone", needsWhere("true", "true"), []],
  ["money that waits on people", moneyWhere("true", "true"), []],
  [
    "postings that are open",
    openPostingsWhere("true"),
    [JSON.stringify([{ contract: "erp.post-entry", ledger: "ledger", date: "day" }]), ["erp.post-entry"]],
  ],
  ["ledgers whose periods were decided about", LEDGERS, []],
  ["who sent a contract's messages lately", sendersWhere("true"), ["ledger.post-entry", "200000"]],
  ["who took a contract's messages lately", takersWhere("true"), ["ledger.post-entry", "200000"]],
  [
    "who follows a contract's messages",
    followersWhere("true"),
    ["ledger.post-entry", "200000", ["order-to-cash"]],
  ],
  ["causes of one plant", groupsWhere(lyon.sql), [["LYON"]]],
  [
    "what one plant's documents waits for each system",
    openByConnectionWhere(lyonsDeliveries.sql),
    [500_000, ["LYON"]],
  ],
])("%s scans no table", async (_, statement, values) => {
  const { rows } = await db.pool.query(`explain ${statement}`, values);
  const plan = rows.map((row) => row["QUERY PLAN"] as string).join("\n");
  expect(plan).not.toMatch(/Seq Scan on (?!names|c\b|correction\b)/);
});

test("the first page and the newest documents are read in a moment", async () => {
  const started = performance.now();
  await overview(db.pool, known, []);
  const page = await recent(db.pool, known, { limit: 25 });
  expect(page.documents).toHaveLength(25);
  // The budget is 300 ms on a quiet machine; a busy one gets some mercy, a scan would still be caught above.
  expect(performance.now() - started).toBeLessThan(2_000);
});
