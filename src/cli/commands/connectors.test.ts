/** A connector of one's own: it begins whole, is proved, certified and played with; and what it gets wrong is named. */
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crossdock, rememberingTerminal } from "../../testing/terminal.ts";
import { connectorAt } from "../connector-folder.ts";
import { EXIT } from "../exit.ts";
import { packageFolder } from "../version.ts";
import { told } from "./connector-sim.ts";

/** An empty project that has the package. */
const folder = mkdtempSync(join(tmpdir(), "crossdock-connector-"));
mkdirSync(join(folder, "node_modules"));
symlinkSync(packageFolder(), join(folder, "node_modules", "crossdock"));
symlinkSync(join(packageFolder(), "node_modules", "typebox"), join(folder, "node_modules", "typebox"));
const xd = (...args: string[]) => crossdock(["connectors", ...args], { folder });

test("a new connector is whole: certified as it is, until a file changes", async () => {
  const made = await xd("new", "acme-wms");
  expect([made.exit, made.out.split("\n")]).toEqual([
    EXIT.done,
    [
      "  connectors/acme-wms/connector.ts",
      "  connectors/acme-wms/world.ts",
      "  connectors/acme-wms/connector.test.ts",
      "  connectors/acme-wms/README.md",
      "✔ Acme Wms begins as a whole connector.",
    ],
  ]);
  const text = (file: string) => readFileSync(join(folder, "connectors/acme-wms", file), "utf8");
  for (const file of ["connector.ts", "world.ts", "connector.test.ts", "README.md"])
    expect(text(file)).not.toMatch(/lumen|cut:|vitest/i);
  expect((await xd("new", "acme-wms")).exit).toBe(EXIT.conflict);
  expect((await xd("new", "Acme")).exit).toBe(EXIT.usage);

  const certified = await xd("certify", "acme-wms", "--times", "1", "--json");
  expect(certified.exit).toBe(EXIT.done);
  expect(JSON.parse(certified.out)).toMatchObject({
    certified: true,
    failed: [],
    certificate: { connector: "acme-wms", guarantees: { repeat: "key", verifies: true }, times: 1 },
  });
  expect((await xd("certify", "acme-wms", "--check")).exit).toBe(EXIT.done);
  writeFileSync(join(folder, "connectors/acme-wms/notes.txt"), "Changed.");
  const changed = await xd("certify", "acme-wms", "--check");
  expect([changed.exit, changed.out]).toEqual([
    EXIT.checkSaysNo,
    "✕ The certificate of acme-wms does not hold any more: its files have changed.",
  ]);
});

test("a connector that calls doubt certainty fails, and the checks say where", async () => {
  await xd("new", "other-wms");
  const file = join(folder, "connectors/other-wms/connector.ts");
  const right = 'throw new InDoubt("Other Wms did not answer.")';
  const text = readFileSync(file, "utf8");
  expect(text).toContain(right);
  writeFileSync(file, text.replace(right, 'throw new Unavailable("Other Wms did not answer.")'));
  const { exit, out } = await xd("test", "connectors/other-wms", "--json");
  expect(exit).toBe(EXIT.checkSaysNo);
  const { checks, without } = JSON.parse(out) as {
    checks: { name: string; fails: string | null }[];
    without: Record<string, string>;
  };
  expect(checks.filter(({ fails }) => fails !== null).map(({ name }) => name)).toEqual([
    "a lost answer is InDoubt, and the effect is there",
    "an answer that is truncated is InDoubt",
    "after a lost answer verify gives the receipt the answer would have given",
    "sending again after a lost answer posts once",
  ]);
  expect(without.question).toBe("Other Wms is never asked anything");
});

test("the small system does what it is told, once", async () => {
  const { connector, openWorld } = await connectorAt(rememberingTerminal({ folder }), "acme-wms");
  const world = await openWorld();
  const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };
  const session = await connector.open(world.config, around);
  try {
    expect(await told(world, "refuse")).toBe("So be it: the next posting is refused.");
    await expect(session.deliver?.(world.parcel(1))).rejects.toThrow("Acme Wms refused the label (422).");
    await session.deliver?.(world.parcel(1));
    expect(await told(world, "effects 1")).toBe("Parcel 1 took effect 1 times.");
    expect(await told(world, "arrive 1")).toBe("This world cannot arrive.");
    expect(await told(world, "effects x")).toBe('effects takes a whole number, not "x".');
    expect(await told(world, "explode")).toMatch(/^It knows lose, spoil, .*; not "explode"\.$/);
  } finally {
    await session.close();
    await world.close();
  }
});

test("what is missing is said with what to write", async () => {
  const none = await xd("test", "nothing");
  expect([none.exit, none.notes]).toEqual([
    EXIT.notFound,
    `crossdock: There is no connector.ts in ${join(folder, "connectors/nothing")}. A whole one to begin with: crossdock connectors new <name>`,
  ]);
  mkdirSync(join(folder, "half"));
  writeFileSync(join(folder, "half/connector.ts"), "export const a = 1;");
  writeFileSync(join(folder, "half/world.ts"), "export const b = 1;");
  expect((await xd("test", "half")).notes).toContain(
    "exports no connector. Write: export const … = connector({ … })",
  );
});
