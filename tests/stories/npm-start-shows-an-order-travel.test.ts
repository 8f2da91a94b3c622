/**
 * What a stranger sees: the start shows a real 850 reach its six milestones, keeps running, can be asked from another
 * terminal, and leaves nothing behind but its data, which the next start finds.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crossdock, freePortBase, goneFrom, newFolder, Running, remove } from "./a-site.ts";

const MILESTONES = ["accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"];

describe("the start", () => {
  const data = newFolder();
  let base: number;
  let site: Running;
  const dev = () => new Running(["dev", "--data", data, "--port-base", String(base), "--pace", "fast"]);

  beforeAll(async () => {
    base = await freePortBase();
    site = dev();
    await site.says(/Keep playing/, 90_000);
  }, 120_000);
  afterAll(async () => {
    await site.stop("SIGKILL");
    await goneFrom(data);
    remove(data);
  });

  test("prints where to look", () => {
    expect(site.said).toContain(`Console  http://127.0.0.1:${base + 1}/`);
    expect(site.said).toContain(`Gateway  http://127.0.0.1:${base}`);
    expect(site.said).toContain(`Mailbox  ${join(data, "estate", "acme", "to-crossdock")}`);
  });

  test("shows the order reach each milestone once, in order, with the time and who said it", () => {
    const lines = site.said.split("\n").filter((line) => /^ {2}\d\d:\d\d:\d\d {2}✔/.test(line));
    expect(lines.map((line) => line.slice(14).split(/ {2,}/)[0]?.trim())).toEqual(MILESTONES);
    const who = lines.map((line) => line.slice(14).split(/ {2,}/)[1]?.split(" · ")[0]);
    expect(who.slice(1)).toEqual(["ERP", "WMS", "WMS", "ERP", "Finance"]);
    // That an order is accepted is our own word; the others follow once they have it.
    expect(["Crossdock", "CRM", "ERP"]).toContain(who[0]);
  });

  test("any number of the order tells its whole story from another terminal", async () => {
    const [, po = ""] = await site.says(/mailbox: (PO-\d+)/);
    const [, invoice = ""] = await site.says(/Invoice (INV-\d+)/);
    const trace = (...words: string[]) => crossdock(["trace", ...words, "--data", data]);
    const [asJson, ...told] = await Promise.all([trace(po, "--json"), trace(po), trace(invoice)]);
    for (const { exit, said } of told) {
      expect(exit).toBe(0);
      expect(said).toContain("✔ Done");
      expect(said).toContain(po);
      expect(said).toContain(invoice);
    }
    expect(asJson.exit).toBe(0);
    const { schema, version, story } = JSON.parse(asJson.said);
    expect([schema, version]).toEqual(["xd.trace/1", 1]);
    expect(
      story.milestones.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`),
    ).toEqual(MILESTONES.map((name) => `${name} reached`));
    const numbers: { type: string; value: string }[] = story.keys;
    const kinds = [
      "order",
      "customerReference",
      "erpOrder",
      "shipment",
      "sscc",
      "invoice",
      "payment",
      "ediControlNumber",
    ];
    expect(numbers.map(({ type }) => type)).toEqual(expect.arrayContaining(kinds));
    const asked = kinds.map(async (kind) => {
      const { value } = numbers.find(({ type }) => type === kind)!;
      return { kind, value, ...(await trace(value)) };
    });
    for (const { kind, value, exit, said } of await Promise.all(asked)) {
      expect({ kind, exit }).toEqual({ kind, exit: 0 });
      expect(said, `${kind} ${value}`).toContain(po);
    }
  });

  test.concurrent("a number nobody knows is not found, as a sentence", async () => {
    expect(await crossdock(["trace", "PO-0", "--data", data])).toEqual({
      exit: 4,
      said: "",
      remarked:
        "crossdock: Nothing here has the number PO-0. Numbers are known from the moment they first arrive.\n",
    });
  });

  test.concurrent("a second instance on the same data folder is told who has it and what to do", async () => {
    const { exit, remarked } = await crossdock(["dev", "--data", data, "--port-base", String(base + 500)]);
    expect(exit).toBe(6);
    expect(remarked).toMatch(
      new RegExp(
        `already runs on the data folder ${data} \\(dev, process ${site.process.pid}, .*kill ${site.process.pid}.*--data`,
      ),
    );
  });

  test.concurrent("a second instance on the same ports is told which process holds them, and leaves no folder taken", async () => {
    const other = newFolder();
    const { exit, remarked } = await crossdock(["dev", "--data", other, "--port-base", String(base)]);
    expect(exit).toBe(6);
    expect(remarked).toMatch(
      new RegExp(
        `Port ${base}, wanted for the gateway, is in use by process \\d+ .*--port-base <another number>`,
      ),
    );
    expect(readdirSync(other)).toEqual([]);
    remove(other);
  });

  test("a system taken away is seen, and an order sent meanwhile waits and then arrives", async () => {
    const estate = (...words: string[]) => crossdock(["estate", ...words, "--data", data]);
    expect((await estate("wms", "down")).exit).toBe(0);
    const sent = await estate("acme", "act", "send-order", "--json");
    const { poNumber } = JSON.parse(sent.said).said;
    expect((await estate("wms", "clear")).exit).toBe(0);
    const until = Date.now() + 60_000;
    for (;;) {
      const { said } = await crossdock(["trace", poNumber, "--data", data]);
      if (said.includes("✔ paid")) break;
      expect(Date.now(), said).toBeLessThan(until);
    }
  });

  test("Ctrl-C stops every process it started, and the next start finds the data of this one", async () => {
    expect(await site.stop("SIGINT")).toBe(0);
    expect(await goneFrom(data)).toEqual([]);
    expect(readdirSync(data)).not.toContain("run.json");

    site = dev();
    await site.says(/Keep playing/, 90_000);
    expect(site.said).toContain("2 orders of earlier starts are still here.");
    const { exit } = await crossdock(["trace", "PO-4711", "--data", data]);
    expect(exit).toBe(0);
  });

  test("a start that was killed leaves no process behind, and the next one starts on its folder", async () => {
    await site.stop("SIGKILL");
    expect(await goneFrom(data)).toEqual([]);
    site = new Running(["dev", "--data", data, "--port-base", String(base), "--no-demo"]);
    await site.says(/Keep playing/, 90_000);
    expect(await site.stop("SIGTERM")).toBe(0);
    expect(await goneFrom(data)).toEqual([]);
  });
}, 180_000);
