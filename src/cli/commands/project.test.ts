/** Commands on a project of one's own: what contracts were published and may become, and which secrets are where. */
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { freshDatabase } from "../../testing/database.ts";
import { crossdock } from "../../testing/terminal.ts";
import { EXIT } from "../exit.ts";

const source = (file: string) => pathToFileURL(join(import.meta.dirname, "../..", file)).href;
let written = 0;

/** A project whose configuration says this, and a way to run commands in it. */
function project(said: string) {
  const folder = mkdtempSync(join(tmpdir(), "crossdock-project-"));
  const xd = (...args: string[]) =>
    // Another name each time, as Node loads a file once.
    crossdock([...args, "--config", `crossdock.config.${written}.ts`], {
      folder,
      environment: { LEDGER_TOKEN: "the token itself" },
    });
  const write = (text: string) => {
    written += 1;
    writeFileSync(
      join(folder, `crossdock.config.${written}.ts`),
      `import { configuration } from "${source("server.ts")}";
import { connection, connector, earlier, event, secret } from "${source("index.ts")}";
import Type from "typebox";
${text}`,
    );
  };
  write(said);
  return { folder, xd, write };
}

const contract = (version: number, fields: string, more = "") =>
  `const Placed = event({ name: "sales.order-placed", version: ${version}, owner: "sales", summary: "Ordered.", criticality: "C1",
  data: Type.Object({ order: Type.String(), ${fields} }), keys: { order: "order" }, sample: { order: "SO-1", channel: "edi" }, ${more} });
export default configuration({ contracts: [Placed] });`;
const OLD = `channel: Type.Enum(["edi", "shop"])`;
const NARROW = `channel: Type.Enum(["edi"])`;
const EARLIER = `earlier: earlier({ version: 1, data: Type.Object({ order: Type.String(), ${OLD} }), upgrade: (old) => ({ ...old, channel: "edi" }) })`;

test("a published contract grows as it promised; what breaks it is refused, until it is another version that reads the one before", async () => {
  const { folder, xd, write } = project(contract(1, OLD));
  expect(await xd("contracts", "publish", "--to", "shapes", "--dry-run")).toMatchObject({
    exit: EXIT.done,
    out: `✔ sales.order-placed v1 is new\nWould publish 1 contract to ${join(folder, "shapes")}. Nothing was done.`,
  });
  expect(readdirSync(folder)).not.toContain("shapes");
  expect((await xd("contracts", "publish", "--to", "shapes")).exit).toBe(EXIT.done);

  write(contract(1, `${OLD}, note: Type.Optional(Type.String())`));
  expect((await xd("contracts", "diff", "--against", "shapes")).out).toBe(
    "✔ sales.order-placed v1 has grown, as it promised\n    · note was added (optional) (safe for all)",
  );

  write(contract(1, NARROW));
  const refused = await xd("contracts", "publish", "--to", "shapes");
  expect([refused.exit, refused.out.split("\n")]).toEqual([
    EXIT.checkSaysNo,
    [
      "✕ sales.order-placed v1 breaks what was published",
      '    ✕ channel may no longer be "shop" (what was written before cannot be read)',
      "    It promises backward compatibility, and version 1 was published. Make it version 2, with the published shape as its `earlier`, or take the change back.",
      "Nothing was published.",
    ],
  ]);
  write(contract(2, NARROW));
  expect((await xd("contracts", "diff", "sales.order-placed", "--against", "shapes")).out).toContain(
    "Version 2 cannot read what was written under version 1",
  );
  write(contract(2, NARROW, EARLIER));
  expect((await xd("contracts", "publish", "--to", "shapes")).exit).toBe(EXIT.done);
  expect(readdirSync(join(folder, "shapes"))).toEqual([
    "sales.order-placed.v1.json",
    "sales.order-placed.v2.json",
  ]);
  write("export default configuration({});");
  const gone = await xd("contracts", "diff", "--against", "shapes", "--json");
  expect([gone.exit, JSON.parse(gone.out).contracts]).toMatchObject([
    EXIT.checkSaysNo,
    [{ name: "sales.order-placed", is: "gone" }],
  ]);
});

test("secrets are listed with their place and whether they are there, and never with what they are", async () => {
  const { folder, xd } = project(`const plug = connector({ name: "plug", summary: "A plug.",
  config: Type.Object({ token: Type.String({ secret: true }), headers: Type.Optional(Type.Record(Type.String(), Type.String())) }),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => {}, close: async () => {} }) });
const line = (name, config) => connection(name, plug, { config });
export default configuration({ data: import.meta.dirname + "/data", connections: [
  line("ledger", { token: secret("env:LEDGER_TOKEN"), headers: { "x-key": secret("file:" + import.meta.dirname + "/key") } }),
  line("wms", { token: secret("env:WMS_TOKEN") }), line("crm", { token: "written out" }) ] });`);
  writeFileSync(join(folder, "key"), "the key itself", { mode: 0o600 });
  const listed = await xd("secrets", "list", "--json");
  expect(listed.exit).toBe(EXIT.done);
  const { secrets } = JSON.parse(listed.out) as { secrets: Record<string, unknown>[] };
  expect(secrets.map(({ place, resolves, uses }) => [place, resolves, uses])).toEqual([
    ["env:LEDGER_TOKEN", true, [{ by: "connection ledger", setting: "token" }]],
    [`file:${join(folder, "key")}`, true, [{ by: "connection ledger", setting: "headers.x-key" }]],
    ["env:WMS_TOKEN", false, [{ by: "connection wms", setting: "token" }]],
    [null, false, [{ by: "connection crm", setting: "token" }]],
    [`file:${join(folder, "data/secrets.json")}#/pepper`, true, [{ by: "gateway", setting: "pepper" }]],
    [`file:${join(folder, "data/secrets.json")}#/auditKey`, true, [{ by: "audit", setting: "key" }]],
    [
      `file:${join(folder, "data/secrets.json")}#/sealingKey`,
      true,
      [{ by: "console", setting: "sealingKey" }],
    ],
  ]);
  expect(secrets[1]?.changedAt).toMatch(/^\d{4}-/);
  const checked = await xd("secrets", "check");
  expect([checked.exit, checked.out.split("\n")]).toEqual([
    EXIT.checkSaysNo,
    [
      '✕ env:WMS_TOKEN, used by connection wms (token): The secret "env:WMS_TOKEN" is not there. Set the environment variable WMS_TOKEN.',
      '✕ written out, used by connection crm (token): It is written into the configuration. Name its place instead: secret("env:CRM_TOKEN").',
    ],
  ]);
  for (const text of [listed.out, checked.out, (await xd("secrets")).out])
    for (const value of ["the token itself", "the key itself", '"written out"'])
      expect(text).not.toContain(value);
});

test("a database is looked at: its tables, its rights and its clock; one that is none of ours is told apart from a defect", async () => {
  const db = await freshDatabase();
  const { xd, write } = project(`export default configuration({ database: { url: "${db.url}" } });`);
  expect((await xd("check")).out).toContain("✔ Nothing is wrong with it.");
  await db.pool.query("drop schema crossdock cascade");
  const { exit, notes } = await crossdock(["documents", "--database-url", db.url]);
  expect([exit, notes]).toEqual([
    EXIT.usage,
    'crossdock: This database is not that of this release: relation "event_position" does not exist. Name another, or let crossdock start land its tables.',
  ]);
  write(
    `export default configuration({ database: { url: "${db.url.replace(/\/[^/?]*(?=\?|$)/, "/nowhere")}" } });`,
  );
  const checked = await xd("check");
  expect([checked.exit, checked.out]).toEqual([
    EXIT.checkSaysNo,
    expect.stringContaining('database "nowhere" does not exist'),
  ]);
  await db.drop();
});

test("a place that cannot be written is named, and is no defect of ours", async () => {
  const { folder, xd } = project(contract(1, OLD));
  writeFileSync(join(folder, "taken"), "");
  const { exit, notes } = await xd("contracts", "export", "--to", "taken/shapes");
  expect([exit, notes]).toEqual([
    EXIT.usage,
    `crossdock: A file or folder cannot be used: ENOTDIR: not a directory, mkdir '${join(folder, "taken/shapes")}'. Name another place, or mend this one.`,
  ]);
});
