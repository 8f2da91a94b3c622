/**
 * The house keeps its laws, and every law can tell a breach from an innocent line.
 *
 * Each law of tidy/laws.ts is held against the real files, and then against a small house in which it is broken once.
 */
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { type File, readHouse } from "./tidy/house.ts";
import { LAWS } from "./tidy/laws.ts";

const house = readHouse(dirname(import.meta.dirname));

describe("the house", () => {
  test.each(LAWS)("$rule", ({ rule, because, breaches }) => {
    const found = breaches(house);
    expect(found, `${rule}, because ${because}.\n${found.join("\n")}\n`).toEqual([]);
  });
});

/** For each law: files that break it, with what it should say; and files next to them that do not. */
const PLANTED: Readonly<Record<string, { broken: File[]; says: string[]; innocent?: File[] }>> = {
  "no object literal is spread into another": {
    broken: [file("src/work/a.ts", `const a = { ...${"{ b: 1 }"}, c: 2 };`)],
    says: ["src/work/a.ts"],
    innocent: [file("src/work/b.ts", "const a = { ...b, ...(c ? { d: 1 } : {}) }; // not ... {e}")],
  },
  "files import in no circle": {
    broken: [
      file("src/work/a.ts", 'import { b } from "./b.ts";'),
      file("src/work/b.ts", 'import type { C } from "./c.ts";'),
      file("src/work/c.ts", 'export { a } from "./a.ts";'),
      file("src/work/d.ts", 'import { a } from "./a.ts";'),
    ],
    says: ["src/work/a.ts ↔ src/work/b.ts ↔ src/work/c.ts"],
    innocent: [
      file("src/flows/a.ts", 'import { b } from "./b.ts"; import { c } from "./c.ts";'),
      file("src/flows/b.ts", 'import { c } from "./c.ts";'),
      file("src/flows/c.ts", ""),
      file("src/flows/a.test.ts", 'import { a } from "./a.ts";'),
    ],
  },
  "rooms use only the rooms listed for them": {
    broken: [
      file("src/journal/append.ts", 'import { http } from "../connectors/http/connector.ts";'),
      file("src/std/span.ts", 'export { step } from "../processes/process.ts";'),
      file("src/contracts/late.ts", 'const sql = await import("../work/deliveries.ts");'),
      file("src/helpers/all.ts", ""),
      file("src/mappings/x12/trade.ts", 'import { flow } from "../../flows/flow.ts";'),
    ],
    says: [
      "src/journal/append.ts uses src/connectors/http/connector.ts; journal may use contracts, std",
      "src/std/span.ts uses src/processes/process.ts; std may use no other room",
      "src/contracts/late.ts uses src/work/deliveries.ts; contracts may use std",
      'src/helpers/all.ts: "helpers" is no room of the house; a new one takes a decision record',
      "src/mappings/x12/trade.ts uses src/flows/flow.ts; mappings may use contracts, codecs, std",
    ],
    innocent: [
      file("src/journal/read.ts", 'import { a } from "./append.ts"; // not "../connectors/x.ts"'),
      file("src/journal/append.test.ts", 'import { http } from "../connectors/http/connector.ts";'),
      file("src/runtime/intake.ts", 'import {\n  append,\n  read,\n} from "../journal/append.ts";'),
    ],
  },
  "production code imports nothing outside src": {
    broken: [
      file("src/cli/dev.ts", 'import { world } from "../../estate/main.ts";'),
      file("src/runtime/self.ts", 'import { flow } from "crossdock";'),
    ],
    says: ["src/cli/dev.ts imports estate/main.ts", "src/runtime/self.ts imports crossdock"],
    innocent: [file("src/cli/dev.test.ts", 'import { world } from "../../estate/main.ts";')],
  },
  "nobody invites the testing room, except tests": {
    broken: [
      file("src/runtime/loop.ts", 'import { STILL } from "../testing/rehearse.ts";'),
      file("src/cli/demo.ts", 'import { freshDatabase } from "../testing/database.ts";'),
    ],
    says: [
      "src/runtime/loop.ts uses src/testing/rehearse.ts",
      "src/cli/demo.ts uses src/testing/database.ts",
    ],
    innocent: [
      file("src/cli/draw.ts", 'import { paths } from "../testing/rehearse.ts";'),
      file("src/cli/prove.ts", 'import { conformance } from "../testing/conformance.ts";'),
    ],
  },
  "contracts, codecs, mappings, flows and processes touch no clock, no chance and no world": {
    broken: [
      file("src/processes/order.ts", "const now = new Date();"),
      file("src/codecs/x12/codec.ts", 'import { readFileSync } from "node:fs";'),
      file("src/contracts/ids.ts", 'import { openPool } from "../std/sql.ts";'),
      file("src/std/sql.ts", 'import pg from "pg";'),
      file("src/flows/ask.ts", "await fetch(url);"),
      file("src/mappings/x12/trade.ts", "const today = Date.now();"),
    ],
    says: [
      "src/processes/order.ts says new Date()",
      "src/codecs/x12/codec.ts reaches node:fs",
      "src/contracts/ids.ts reaches pg through src/std/sql.ts",
      "src/flows/ask.ts says fetch(",
      "src/mappings/x12/trade.ts says Date.now",
    ],
    innocent: [
      file("src/codecs/json/codec.ts", "/* never Date.now */ const at = new Date(text); // Math.random"),
    ],
  },
  "connectors read no clock, no chance and no environment of their own, and not our database": {
    broken: [
      file("src/connectors/http/connector.ts", "const at = Date.now();"),
      file("src/connectors/webhook/connector.ts", 'import pg from "pg";'),
    ],
    says: [
      "src/connectors/http/connector.ts says Date.now",
      "src/connectors/webhook/connector.ts imports pg",
    ],
    innocent: [
      file("src/connectors/sql/connector.ts", 'import pg from "pg";'),
      file("src/connectors/csv/connector.ts", "const at = around.now(); setTimeout(stop, limitMs);"),
    ],
  },
  "journal, work and trace set no timers": {
    broken: [file("src/work/timers.ts", "setTimeout(fire, 10);")],
    says: ["src/work/timers.ts says setTimeout"],
    innocent: [file("src/runtime/clock.ts", "setTimeout(fire, 10);")],
  },
  "the runtime takes time and chance from its clock alone": {
    broken: [
      file("src/runtime/loop.ts", "setTimeout(round, 10);"),
      file("src/runtime/ids.ts", 'import { uuidv7 } from "uuidv7";'),
    ],
    says: ["src/runtime/loop.ts says setTimeout", "src/runtime/ids.ts says uuidv7"],
    innocent: [
      file("src/runtime/clock.ts", "const timer = setTimeout(call, ms);"),
      file("src/runtime/loop.test.ts", "await new Promise((resolve) => setTimeout(resolve, 10));"),
    ],
  },
  "gateway, console and command line write no rows": {
    broken: [
      file("src/gateway/orders.ts", "sql(`INSERT INTO event (id) VALUES ($1)`)"),
      file("src/cli/resend.ts", 'sql("update delivery set status = 1")'),
    ],
    says: ["src/gateway/orders.ts says INSERT INTO event", "src/cli/resend.ts says update delivery set"],
    innocent: [
      file("src/console/list.ts", 'sql("select 1 from delivery for update"); say("insert into the list")'),
    ],
  },
  "the simulated systems share no code with the product": {
    broken: [
      file("estate/erp/server.ts", 'import { toText } from "../../src/std/bytes.ts";'),
      file("estate/wms/server.ts", 'import { x12 } from "crossdock/codecs/x12";'),
    ],
    says: [
      "estate/erp/server.ts imports src/std/bytes.ts",
      "estate/wms/server.ts imports crossdock/codecs/x12",
    ],
    innocent: [
      file("estate/erp/main.ts", 'import { wire } from "../wire.ts"; import http from "node:http";'),
    ],
  },
  "the oracle of the stories shares no code with what it judges": {
    broken: [
      file("tests/oracle/money.ts", 'import { add } from "../../src/contracts/canon/decimals.ts";'),
      file("tests/oracle/ask.ts", 'import { startEstate } from "../../estate/client.ts";'),
      file("tests/oracle/big.ts", 'import Big from "big.js";'),
    ],
    says: [
      "tests/oracle/money.ts imports src/contracts/canon/decimals.ts",
      "tests/oracle/ask.ts imports estate/client.ts",
      "tests/oracle/big.ts imports big.js",
    ],
    innocent: [
      file("tests/oracle/orders.ts", 'import { sum } from "./decimal.ts";'),
      file("tests/oracle/oracle.test.ts", 'import { openWorld } from "../stories/kit/world.ts";'),
    ],
  },
  "solutions and examples enter by the public doors": {
    broken: [
      file("solutions/distribution/flows.ts", 'import { step } from "../../src/processes/process.ts";'),
      file("examples/first/main.ts", 'import { x } from "crossdock/dist/src/index.js";'),
    ],
    says: [
      "solutions/distribution/flows.ts imports src/processes/process.ts",
      "examples/first/main.ts imports crossdock/dist/src/index.js",
    ],
    innocent: [
      file(
        "solutions/distribution/dock.ts",
        'import * as dock from "crossdock"; import { x } from "./x.ts";',
      ),
      file("examples/second/main.ts", 'import { odata } from "crossdock/connectors/odata";'),
    ],
  },
  "every file of code opens by saying what it is for": {
    broken: [{ path: "src/std/quiet.ts", text: "export const a = 1;" }],
    says: ["src/std/quiet.ts"],
    innocent: [{ path: "bin/x.cjs", text: "#!/usr/bin/env node\n/** Says. */" }],
  },
  "no file knows the place it was written in": {
    broken: [
      file("docs/start.md", `see ${"../"}shared/style.md`),
      file("bench/main.ts", `const out = "/${"work"}/main/bench.json";`),
    ],
    says: [`docs/start.md mentions ${"../"}shared`, `bench/main.ts mentions /${"work"}/main`],
    innocent: [file("src/work/main.ts", 'import { a } from "../work/main.ts"; // shared')],
  },
  "every error class is explained in docs/reference/errors.md, and nothing else is": {
    broken: [
      file(
        "src/std/late.ts",
        'class Late extends CrossdockError {\n  readonly code = "XD_LATE";\n  readonly next = "park";\n}',
      ),
      file("docs/reference/errors.md", "## XD_GONE\n\nClass `Gone`, next: `halt`.\n\n## XD_BARE\n\nNothing."),
    ],
    says: [
      "not in the page: XD_LATE Late park",
      "not in the code: XD_GONE Gone halt",
      'XD_BARE: the line below its heading is not "Class `…`, next: `…`."',
    ],
  },
  "links in the documentation lead somewhere": {
    broken: [
      file("docs/a.md", "[b](b.md) and [c](guides/c.md#never) and [d](#nor-this)"),
      file("docs/guides/c.md", "# Once upon"),
    ],
    says: ["docs/a.md links to b.md", "docs/a.md links to guides/c.md#never", "docs/a.md links to #nor-this"],
    innocent: [
      file(
        "docs/e.md",
        "[c](guides/c.md#once-upon) [out](https://example.org) [f](guides) [l](../LICENSE)\n```\n[x](y)\n```",
      ),
    ],
  },
};

function file(path: string, text: string): File {
  return { path, text: /\.(ts|tsx|cjs)$/.test(path) ? `/** Planted. */\n${text}\n` : text };
}

describe("a law that is broken once", () => {
  test.each(LAWS)("is noticed: $rule", ({ rule, breaches }) => {
    const plant = PLANTED[rule];
    if (!plant) throw new Error(`Nobody has planted a breach of "${rule}" yet.`);
    expect(breaches([...plant.broken, ...(plant.innocent ?? [])])).toEqual(plant.says);
  });
});
