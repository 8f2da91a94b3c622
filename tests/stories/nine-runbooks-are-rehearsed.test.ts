/**
 * The nine runbooks, each held as a drill on the simulated systems, beside each other where they touch different ones.
 *
 * A drill breaks the system, sends orders, waits until the trouble is seen and the runbook calls, mends it and waits until its
 * exit holds. In the end every order of all drills stands in the systems' own books once.
 *
 * @covers RUN-01, RUN-02, RUN-03, RUN-04, RUN-05, RUN-06, RUN-07, RUN-08, RUN-09
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FollowedRun, RunbookList } from "../../src/console/runbooks.ts";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Waits until a drill has ended. */
const ended = (id: string, run: string): Promise<FollowedRun> =>
  world.until(`${id} is over`, 120_000, async () => {
    const found = (await world.ask("GET", `/api/runs/${run}`)) as FollowedRun;
    return found.closedAt !== null && found;
  });

test.each([[["RUN-03", "RUN-06", "RUN-07", "RUN-08"]], [["RUN-02", "RUN-05"]], [["RUN-01"]], [["RUN-04"]]])(
  "%s: the trouble is seen, every step is taken, and everything goes through once it is mended",
  async (ids) => {
    const held = await Promise.all(
      ids.map(async (id) => {
        const { run } = (await world.ask("POST", `/api/demonstration/drills/${id}`, {})) as { run: string };
        return ended(id, run);
      }),
    );
    for (const { runbook, outcome, figures, steps } of held) {
      expect([runbook, outcome]).toEqual([runbook, "Rehearsed: everything went through."]);
      expect(steps.map(({ state }) => state)).toEqual(steps.map(() => "done"));
      expect(figures).toMatchObject({ lost: 0, queued: figures!.recovered + figures!.left });
      // Something was kept for it, and the time of each part is on record.
      expect(figures?.queued).toBeGreaterThan(0);
      for (const part of [figures?.noticedMs, figures?.awayMs, figures?.drainMs])
        expect(part).toBeGreaterThanOrEqual(0);
    }
  },
);

test("RUN-09: what a system forgot is found by comparing, sent again one first and then the rest, and all agree", async () => {
  await world.rest();
  const forgotten = async () =>
    (await world.books("crm")).records.filter(
      ({ fields }: { fields: Record<string, unknown> }) =>
        fields.Paid_At__c !== undefined && fields.Dispatched_At__c === undefined,
    ).length;
  const { run } = (await world.ask("POST", "/api/demonstration/drills/RUN-09", {})) as { run: string };
  await world.until("the CRM has forgotten", 60_000, async () => (await forgotten()) === 5);
  const { outcome, figures, steps } = await ended("RUN-09", run);
  expect(outcome).toBe("Rehearsed: everything went through.");
  expect(await forgotten()).toBe(0);
  expect(steps.map(({ state }) => state)).toEqual(steps.map(() => "done"));
  expect(steps.at(-1)?.finding.says).toBe("CRM contradicts nobody.");
  expect(figures).toMatchObject({ lost: 0, left: 0 });
  for (const part of [figures?.noticedMs, figures?.awayMs, figures?.drainMs])
    expect(part).toBeGreaterThanOrEqual(0);
  const { rows } = await world.pool.query(
    "select title, resolution from exception where fingerprint like '%|agreement|orders|dispatched|crm lacks' order by id",
  );
  expect(rows).toEqual(
    Array(5).fill({ title: "CRM does not say dispatched", resolution: "CRM says dispatched now." }),
  );
});

test("a person follows a runbook: it calls, a step that does not hold needs a reason, and it is not closed before it is over", async () => {
  await world.estate.fault("tms", "down");
  for (const quantity of ["1", "2", "1", "3", "2"])
    await world.orderByEdi([{ sku: "PUMP-100", quantity, price: "500.00" }]);
  const called = await world.until("RUN-03 is called for the carrier", 30_000, async () => {
    const { runbooks } = (await world.ask("GET", "/api/runbooks")) as RunbookList;
    return runbooks.find(({ id }) => id === "RUN-03")?.calledFor.find(({ system }) => system === "tms");
  });
  expect(called.because).toMatch(/could not be reached/);

  const { run } = (await world.ask("POST", "/api/runbooks/RUN-03/runs", { system: "tms" })) as {
    run: string;
  };
  await expect(world.ask("POST", "/api/runbooks/RUN-03/runs", { system: "tms" })).rejects.toThrow(
    /follows RUN-03/,
  );
  await world.press(`/api/runs/${run}/steps/1`, { as: "done" });
  await expect(world.ask("POST", `/api/runs/${run}/steps/4`, { as: "done" })).rejects.toThrow(
    /Say in a note why/,
  );
  await expect(world.ask("POST", `/api/runs/${run}/close`, { outcome: "Done." })).rejects.toThrow(
    /It is not over/,
  );

  await world.estate.clear("tms");
  await world.until("its exit holds", 60_000, async () => {
    const { exit } = (await world.ask("GET", `/api/runs/${run}`)) as FollowedRun;
    return exit.every(({ ok }) => ok === true);
  });
  await world.press(`/api/runs/${run}/steps/4`, { as: "done" });
  await world.press(`/api/runs/${run}/close`, { outcome: "The carrier had a broken line." });
  await expect(world.ask("POST", `/api/runs/${run}/close`, { outcome: "Again." })).rejects.toThrow(
    /closed already/,
  );
  const over = (await world.ask("GET", `/api/runs/${run}`)) as FollowedRun;
  expect(over).toMatchObject({
    drill: false,
    openedBy: "somebody",
    outcome: "The carrier had a broken line.",
  });
  expect(over.figures).toMatchObject({ lost: 0, queued: over.figures!.recovered + over.figures!.left });
  const { rows } = await world.pool.query("select action from audit where subject = $1 order by id", [
    `run/${run}`,
  ]);
  expect(rows.map(({ action }) => action)).toEqual([
    "runbook opened",
    "runbook step",
    "runbook step",
    "runbook closed",
  ]);
});

test("the systems' own books hold every order of all of them once, and balance", async () => {
  await world.rest();
  const [acme, shop] = await Promise.all([world.books("acme"), world.books("shop")]);
  const known = new Set(world.owed.map(({ number }) => number));
  for (const { poNumber, lines } of acme.orders)
    if (!known.has(poNumber))
      world.owed.push({ channel: "edi", customer: "C-ACME", number: poNumber, lines });
  for (const { orderNumber } of shop.orders) {
    const lines = [{ sku: "SEAL-9", quantity: "4" }];
    world.owed.push({ channel: "shop", customer: "C-SHOP", number: orderNumber, lines });
  }
  expect(world.owed.length).toBeGreaterThan(40);
  expect(await world.wrong()).toEqual([]);
});
