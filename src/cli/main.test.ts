/** The command line as a whole: words in, one answer and one exit code out, never a stack trace. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crossdock, rememberingTerminal } from "../testing/terminal.ts";
import { EXIT } from "./exit.ts";
import { whatAndWhere } from "./load.ts";

const folder = () => mkdtempSync(join(tmpdir(), "crossdock-cli-"));

test("version says what runs, for people and for programs", async () => {
  const { out, exit } = await crossdock(["version"]);
  expect(exit).toBe(EXIT.done);
  expect(out.split("\n").map((text) => text.split(/\s+/)[0])).toEqual([
    "crossdock",
    "node",
    "platform",
    "installed",
  ]);
  const { out: json } = await crossdock(["version", "--json"]);
  expect(JSON.parse(json)).toMatchObject({ schema: "xd.version/1", version: 1, node: process.versions.node });
});

test("a slip is answered with what was meant, as wrong usage", async () => {
  expect(await crossdock(["contrats", "list"])).toEqual({
    exit: EXIT.usage,
    out: "",
    notes: "crossdock: unknown command 'contrats'\n(Did you mean contracts?)",
  });
});

test("a command that needs a running dock says how to start one", async () => {
  const here = folder();
  expect(await crossdock(["status"], { folder: here })).toEqual({
    exit: EXIT.unreachable,
    out: "",
    notes:
      `crossdock: No Crossdock is running on ${join(here, ".crossdock")}. Start one with "crossdock dev", or name its ` +
      "data folder with --data.",
  });
});

test("a database that does not answer is told as a sentence", async () => {
  const args = ["trace", "PO-1", "--database-url", "postgres://127.0.0.1:1/x"];
  const { exit, notes } = await crossdock(args);
  expect(exit).toBe(EXIT.unreachable);
  expect(notes).toMatch(
    /^crossdock: PostgreSQL cannot be reached: .*ECONNREFUSED.*\. Start it, or correct its address .*\.$/,
  );
});

test("a configuration that cannot be loaded is named, with what it said", async () => {
  const here = folder();
  writeFileSync(join(here, "crossdock.config.ts"), "export default { gateway: ;");
  const { exit, notes } = await crossdock(["check"], { folder: here });
  expect(exit).toBe(EXIT.usage);
  expect(notes).toMatch(/^crossdock: crossdock\.config\.ts cannot be loaded: .*\. Mend it and try again\.$/);
});

test("what went wrong in a file of theirs is told with file and line, whoever threw it", () => {
  const error = new TypeError("flows is undefined");
  error.stack = `TypeError: flows is undefined
    at configuration (file:///srv/it/node_modules/crossdock/dist/src/server.js:8:2)
    at file:///srv/it/my%20flows/orders.ts:12:3
    at file:///srv/it/crossdock.config.ts:2:1`;
  expect(whatAndWhere(error, rememberingTerminal({ folder: "/srv/it" }))).toBe(
    "my flows/orders.ts, line 12: flows is undefined.",
  );
});

test("a configuration without a configuration in it says what to write", async () => {
  const here = folder();
  writeFileSync(join(here, "crossdock.config.ts"), "export default 7;");
  const { notes } = await crossdock(["check"], { folder: here });
  expect(notes).toBe(
    "crossdock: crossdock.config.ts has no configuration as its default export. Write: export default configuration({ … }) " +
      'with configuration from "crossdock/server".',
  );
});

test("--debug shows where in the code", async () => {
  const { notes } = await crossdock(["status", "--debug"], { folder: folder() });
  expect(notes).toMatch(/\n\s+at /);
});

test.each(["bash", "zsh", "fish"])(
  "completion for %s knows commands, their commands and their options",
  async (shell) => {
    const { out, exit } = await crossdock(["completion", shell]);
    expect(exit).toBe(EXIT.done);
    for (const word of ["trace", "estate", "draw", "follow", "database-url"]) expect(out).toContain(word);
  },
);

test("colours are for terminals only", async () => {
  const here = folder();
  writeFileSync(join(here, "crossdock.config.ts"), CONFIGURATION);
  const plain = await crossdock(["check", "--offline"], { folder: here });
  const coloured = await crossdock(["check", "--offline"], { folder: here, coloured: true });
  expect(plain.out).not.toContain("\u001b");
  expect(coloured.out).toContain("\u001b[32m✔");
});

/** What crossdock/server's configuration({}) returns, for folders from which the package cannot be imported. */
const CONFIGURATION = `import { configuration } from ${JSON.stringify(new URL("../runtime/configuration.ts", import.meta.url).href)};
export default configuration({});`;

test("contracts are written as one JSON Schema file each", async () => {
  const here = folder();
  writeFileSync(
    join(here, "crossdock.config.ts"),
    CONFIGURATION.replace(
      "({})",
      "({ contracts: Object.values(sales).filter((each) => each.kind) })",
    ).replace(
      "import",
      `import * as sales from ${JSON.stringify(new URL("../contracts/canon/sales.ts", import.meta.url).href)};\nimport`,
    ),
  );
  const { exit, out } = await crossdock(["contracts", "export", "--to", "schemas"], { folder: here });
  const files = readdirSync(join(here, "schemas"));
  expect([exit, out]).toEqual([
    EXIT.done,
    `${files.length} JSON Schema files written to ${join(here, "schemas")}`,
  ]);
  const captured = JSON.parse(readFileSync(join(here, "schemas", "sales.order-captured.v1.json"), "utf8"));
  expect(captured).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "sales.order-captured",
    type: "object",
  });
});

test("a check that finds problems says them once and ends with its own code", async () => {
  const here = folder();
  const two = "({ capabilities: { ordersFlow: 'nowhere' } })";
  writeFileSync(join(here, "crossdock.config.ts"), CONFIGURATION.replace("({})", two));
  const { exit, out, notes } = await crossdock(["check", "--offline"], { folder: here });
  expect([exit, notes]).toEqual([EXIT.checkSaysNo, ""]);
  expect(out).toContain(
    '✕ The gateway offers "ordersFlow" through flow "nowhere", and there is no such flow.\n\n1 problem.',
  );
});
