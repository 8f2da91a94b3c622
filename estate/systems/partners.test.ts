/** ACME and the bank speak in files: whole ones, each once, and what ACME is told is checked. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestEstate, type TestEstate, until } from "../testing/receiver.ts";
import { read } from "./x12.ts";

let world: TestEstate;
let outbox: string;
let inbox: string;
let statements: string;
beforeAll(async () => {
  world = await openTestEstate(["acme", "bank"]);
  outbox = join(world.data, "acme", "to-crossdock");
  inbox = join(world.data, "acme", "from-crossdock");
  statements = join(world.data, "bank", "statements");
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.estate.clear("acme");
  await world.estate.clear("bank");
});

const order = (poNumber: string, quantity = "10") =>
  world.estate.act("acme", "send-order", { poNumber, lines: [{ sku: "PUMP-100", quantity }] });
const dropped = (part: string) =>
  readdirSync(outbox).filter((name) => name.includes(part) && !name.endsWith(".tmp"));
const file = (name: string) => readFileSync(join(outbox, name), "utf8");
const books = () => world.estate.books("acme");

let control = 500;
/** Drops an interchange of Meridian's for ACME, the way Crossdock must: by rename. */
function drop(group: string, code: string, segments: string[], number = ++control): string {
  const body = [
    `ISA*00*          *00*          *ZZ*MERIDIAN       *ZZ*ACME           *261121*0900*U*00401*${String(number).padStart(9, "0")}*0*P*>`,
    `GS*${group}*MERIDIAN*ACME*20261121*0900*${number}*X*004010`,
    `ST*${code}*0001`,
    ...segments,
    `SE*${segments.length + 2}*0001`,
    `GE*1*${number}`,
    `IEA*1*${String(number).padStart(9, "0")}`,
  ];
  const name = `${code}-${number}-${Math.random()}.edi`;
  writeFileSync(join(inbox, `${name}.tmp`), `${body.join("~\n")}~\n`);
  renameSync(join(inbox, `${name}.tmp`), join(inbox, name));
  return name;
}
const confirm = (po: string) =>
  drop("PR", "855", [`BAK*00*AC*${po}*20261121`, "PO1*1*10*EA*500.00**VP*PUMP-100", "ACK*IA*10*EA", "CTT*1"]);
const announce = (po: string, shipment: string, quantity: string) =>
  drop("SH", "856", [
    `BSN*00*${shipment}*20261121*0900`,
    "HL*1**S",
    "HL*2*1*O",
    `PRF*${po}`,
    "HL*3*2*P",
    "MAN*GM*004098765000000012",
    "HL*4*3*I",
    "LIN*1*VP*PUMP-100",
    `SN1*1*${quantity}*EA`,
    "CTT*4",
  ]);
const invoice = (po: string, number: string, quantity: string, total: string, tax: string) =>
  drop("IN", "810", [
    `BIG*20261121*${number}*20261121*${po}`,
    `IT1*1*${quantity}*EA*500.00**VP*PUMP-100`,
    `TDS*${total}`,
    `TXI*VA*${tax}`,
    "CTT*1",
  ]);

test("an order is a whole 850 with control numbers that count up", async () => {
  const first = await order("PO-1");
  const second = await order("PO-2", "3");
  await until("both are dropped", () => dropped("850-PO").length === 2);
  const [interchange] = read(file(first.file));
  expect(interchange).toMatchObject({ sender: "ACME", receiver: "MERIDIAN", control: "000000001" });
  const [set] = interchange!.groups[0]!.sets;
  expect(set!.segments[0]!.slice(0, 4)).toEqual(["BEG", "00", "SA", "PO-1"]);
  expect(set!.segments.find(([name]) => name === "PO1")).toEqual([
    "PO1",
    "1",
    "10",
    "EA",
    "500.00",
    "PE",
    "VP",
    "PUMP-100",
  ]);
  expect(second.control).toBe(first.control + 1);
  await expect(order("PO-1")).rejects.toThrow("ACME has ordered PO-1 already");
});

test("a resend is the same bytes under another name", async () => {
  const { file: name } = await order("PO-3");
  const again = await world.estate.act("acme", "resend", { poNumber: "PO-3" });
  await until("both are dropped", () => dropped("PO-3").length === 2);
  expect(file(again.file)).toBe(file(name));
});

test("several orders travel in one interchange, a change names its lines, a cancellation is an 860 of its own", async () => {
  const line = { sku: "VALVE-20", quantity: "1", unit: "PK" };
  const many = await world.estate.act("acme", "send-orders", {
    orders: [
      { poNumber: "PO-4", lines: [line] },
      { poNumber: "PO-5", lines: [line, { sku: "SEAL-9", quantity: "2" }] },
    ],
  });
  await world.estate.act("acme", "send-change", {
    poNumber: "PO-5",
    lines: [
      { line: "2", quantity: "5" },
      { line: "1", quantity: "0" },
    ],
  });
  await world.estate.act("acme", "send-cancel", { poNumber: "PO-4" });
  await until("all are dropped", () => dropped("860-").length === 2);
  const sets = read(file(many.file))[0]!.groups[0]!.sets;
  expect(sets.map(({ code, control: number }) => [code, number])).toEqual([
    ["850", "0001"],
    ["850", "0002"],
  ]);
  expect(sets[0]!.segments.find(([name]) => name === "PO1")).toEqual([
    "PO1",
    "1",
    "1",
    "PK",
    "600.00",
    "",
    "VP",
    "VALVE-20",
  ]);
  const change = read(file(dropped("860-PO-5")[0]!))[0]!.groups[0]!.sets[0]!.segments;
  expect(change.filter(([name]) => name === "POC").map((segment) => segment.slice(1, 4))).toEqual([
    ["2", "QI", "5"],
    ["1", "DI", "0"],
  ]);
  const cancel = read(file(dropped("860-PO-4")[0]!))[0]!.groups[0]!.sets[0]!.segments;
  expect(cancel[0]!.slice(0, 4)).toEqual(["BCH", "01", "SA", "PO-4"]);
});

test("a whole conversation is acknowledged, invoiced, paid once through the bank, and gives no cause for complaint", async () => {
  const { control: sent } = await order("PO-6");
  drop("FA", "997", [`AK1*PO*${sent}`, "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]);
  confirm("PO-6");
  announce("PO-6", "SH-6", "10");
  invoice("PO-6", "INV-6", "10", "600000", "1000.00");
  await until(
    "it is paid",
    async () => (await books()).invoices.find((one: { invoice: string }) => one.invoice === "INV-6")?.paid,
  );
  const { orders, shipments, complaints } = await books();
  expect(orders.find((one: { poNumber: string }) => one.poNumber === "PO-6")).toMatchObject({
    acknowledged: "A",
    responses: [{ type: "AC", lines: [{ sku: "PUMP-100", quantity: "10", status: "IA" }] }],
  });
  expect(shipments).toMatchObject([{ shipmentId: "SH-6", poNumber: "PO-6", ssccs: ["004098765000000012"] }]);
  expect(complaints).toEqual([]);
  await until("three 997s went out", () => dropped("997-").length === 3);
  const answers = dropped("997-").map((name) => read(file(name))[0]!.groups[0]!.sets[0]!.segments);
  expect(
    answers.map((segments) => [segments[0]![1], segments.find(([name]) => name === "AK5")?.[1]]),
  ).toEqual([
    ["PR", "A"],
    ["SH", "A"],
    ["IN", "A"],
  ]);

  const { entries, balance } = await world.estate.books("bank");
  expect(entries).toMatchObject([
    { amount: "6000.00", remittance: "INV-6", endToEndId: "ACME-INV-6", debtor: "ACME Corp" },
  ]);
  expect(balance).toBe("6000.00");
  await until("the statement is dropped", () => readdirSync(statements).length === 1);
});

test("an invoice's tax is that of its summary, else that of its lines, and charges count", async () => {
  await order("PO-20", "3");
  announce("PO-20", "SH-20", "3");
  const line = ["IT1*1*1*EA*500.00**VP*PUMP-100", "TXI*VA*100.00*20"];
  drop("IN", "810", ["BIG*20261121*INV-20**PO-20", ...line, "TDS*60000", "TXI*VA*100.00*20", "CTT*1"]);
  drop("IN", "810", ["BIG*20261121*INV-21**PO-20", ...line, "TDS*60000", "CTT*1"]);
  drop("IN", "810", [
    "BIG*20261121*INV-22**PO-20",
    ...line,
    "TDS*61500",
    "SAC*C*D240***2000",
    "SAC*A*C310***500",
    "CTT*1",
  ]);
  const paid = await until("all are paid", async () => {
    const found = (await books()).invoices.filter((one: { poNumber: string }) => one.poNumber === "PO-20");
    return found.length === 3 && found.every((one: { paid: unknown }) => one.paid !== null) && found;
  });
  expect(paid.map(({ total, tax }: { total: string; tax: string }) => [total, tax])).toEqual([
    ["600.00", "100.00"],
    ["600.00", "100.00"],
    ["615.00", "100.00"],
  ]);
});

test("a repeated interchange is counted and changes nothing", async () => {
  await order("PO-7");
  announce("PO-7", "SH-7", "4");
  await until("it is read", async () =>
    (await books()).shipments.some(({ shipmentId }: { shipmentId: string }) => shipmentId === "SH-7"),
  );
  const before = await books();
  drop(
    "SH",
    "856",
    ["BSN*00*SH-7*20261121*0900", "HL*1**S", "PRF*PO-7", "LIN*1*VP*PUMP-100", "SN1*1*4*EA"],
    control,
  );
  await until(
    "it is counted",
    async () => (await books()).repeatedInterchanges === before.repeatedInterchanges + 1,
  );
  expect((await books()).shipments).toEqual(before.shipments);
});

test("ACME complains about more shipped than ordered, more invoiced than shipped, and a wrong total, which it does not pay", async () => {
  await order("PO-8", "5");
  announce("PO-8", "SH-8", "6");
  invoice("PO-8", "INV-8", "7", "350001", "0.00");
  announce("PO-unknown", "SH-9", "1");
  announce("PO-8", "SH-8", "6");
  drop("PR", "855", ["BAK*00*AC"]);
  const complaints = await until("all are noted", async () => {
    const found = (await books()).complaints as string[];
    return found.length >= 6 && found;
  });
  const about = (text: string) => complaints.filter((one) => one.includes(text)).length;
  expect(about("PO-8: 6 PUMP-100 shipped, 5 ordered.")).toBe(1);
  expect(about("PO-8: 7 PUMP-100 invoiced, 6 shipped.")).toBe(1);
  expect(about("Invoice INV-8: the total is not the sum of its lines and tax.")).toBe(1);
  expect(about("Shipment SH-9 is for PO-unknown, which we never ordered.")).toBe(1);
  expect(about("shipment SH-8 was announced before.")).toBe(1);
  expect(about("BAK03 is missing") + about("BAK02 is missing")).toBe(1);
  // Asked to pay, it still does not.
  expect(await world.estate.act("acme", "pay", { invoice: "INV-8" })).toEqual({
    invoice: "INV-8",
    paid: null,
  });
});

describe("faults of a mailbox", () => {
  test("a refusal is a 997 with R and the document is not taken", async () => {
    await order("PO-10");
    await world.estate.fault("acme", "refuse", { times: 1 });
    confirm("PO-10");
    const number = String(control);
    const name = await until("the refusal is dropped", () =>
      dropped("997-").find((one) => one.includes(`997-${number}-`)),
    );
    expect(read(file(name))[0]!.groups[0]!.sets[0]!.segments.find(([segment]) => segment === "AK5")).toEqual([
      "AK5",
      "R",
    ]);
    expect(
      (await books()).orders.find((one: { poNumber: string }) => one.poNumber === "PO-10").responses,
    ).toEqual([]);
  });

  test("a lost answer is a 997 that never comes, though the document is taken", async () => {
    await order("PO-11");
    await world.estate.fault("acme", "lose-answer", { times: 1 });
    confirm("PO-11");
    const number = String(control);
    await until("it is taken", async () =>
      (await books()).orders.some(
        (one: { poNumber: string; responses: unknown[] }) =>
          one.poNumber === "PO-11" && one.responses.length === 1,
      ),
    );
    expect(dropped(`997-${number}-`)).toEqual([]);
    expect((await world.estate.faults("acme")).fired["lose-answer"]).toBe(1);
  });

  test("files come twice, broken first, or not until let go", async () => {
    await world.estate.fault("acme", "duplicate-webhooks", { times: 1 });
    await order("PO-12");
    await until("it came twice", () => dropped("PO-12").length === 2);
    await world.estate.fault("acme", "error", { times: 1 });
    await order("PO-13");
    await until("both came", () => dropped("PO-13").length === 2);
    expect(() => read(file(dropped("PO-13").find((name) => name.includes("broken"))!))).toThrow();
    await world.estate.fault("acme", "hold-webhooks");
    await order("PO-14");
    await until("it waits", async () => (await books()).files.waiting === 1);
    expect(dropped("PO-14")).toEqual([]);
    await world.restart("kill");
    await until("it is dropped after all", () => dropped("PO-14").length === 1);
  });

  test("a mailbox that is down is not worked", async () => {
    await order("PO-15");
    await world.estate.fault("acme", "down");
    const name = confirm("PO-15");
    await order("PO-16");
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(readdirSync(inbox)).toContain(name);
    expect(dropped("PO-16")).toEqual([]);
    await world.estate.clear("acme");
    await until(
      "it is worked again",
      () => dropped("PO-16").length === 1 && !readdirSync(inbox).includes(name),
    );
  });
});

describe("the bank", () => {
  test("books an end-to-end id once and states each credit on one statement, balances following each other", async () => {
    const receive = (amount: string, endToEndId?: string) =>
      world.estate.act("bank", "receive", {
        amount,
        debtor: "Baker & Sons <Ltd>",
        remittance: "INV-A",
        endToEndId,
      });
    await receive("10.00", "E-1");
    expect((await receive("10.00", "E-1")).repeated).toBe(true);
    await receive("20.50", "E-2");
    const { statements: kept, entries } = await until("both are stated", async () => {
      const now = await world.estate.books("bank");
      return now.entries.every(({ statement }: { statement: number | null }) => statement !== null) && now;
    });
    expect(entries.filter(({ endToEndId }: { endToEndId: string }) => endToEndId === "E-1")).toHaveLength(1);
    for (let index = 1; index < kept.length; index += 1)
      expect(kept[index].opening).toBe(kept[index - 1].closing);
    await until(
      "all are dropped",
      () => readdirSync(statements).filter((name) => name.endsWith(".xml")).length === kept.length,
    );
    const xml = readFileSync(join(statements, kept.at(-1).file), "utf8");
    expect(xml).toContain('xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"');
    expect(xml).toContain("<EndToEndId>E-2</EndToEndId>");
    expect(xml).toContain('<Amt Ccy="EUR">20.50</Amt>');
    expect(xml).toContain("<Nm>Baker &amp; Sons &lt;Ltd&gt;</Nm>");
    expect(xml).toContain("<Ustrd>INV-A</Ustrd>");
  });
});

test("half-written and hidden files are left alone", async () => {
  mkdirSync(inbox, { recursive: true });
  for (const name of [".hidden.edi", "half.edi.tmp", "half.edi.part"])
    writeFileSync(join(inbox, name), "ISA*");
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(readdirSync(inbox).sort()).toEqual([".hidden.edi", "half.edi.part", "half.edi.tmp"]);
});
