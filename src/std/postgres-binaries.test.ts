/** Root becomes somebody else, and only programs nobody else could have changed are started. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identity, programs } from "./postgres-binaries.ts";

const root = process.getuid?.() === 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossdock-test-who-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function passwd(...lines: string[]): string {
  const file = join(folder, "passwd");
  writeFileSync(file, lines.join("\n"));
  return file;
}

test.runIf(root)(
  "root becomes postgres where there is one, and nobody elsewhere or where postgres is root",
  () => {
    const rootLine = "root:x:0:0::/root:/bin/bash";
    expect([
      identity(passwd(rootLine, "postgres:x:101:104::/var/lib/postgresql:/bin/bash")),
      identity(passwd(rootLine)),
      identity(passwd(rootLine, "postgres:x:0:0::/:/bin/bash")),
      identity(join(folder, "no such file")),
    ]).toEqual([{ uid: 101, gid: 104 }, NOBODY, NOBODY, NOBODY]);
  },
);
const NOBODY = { uid: 65_534, gid: 65_534 };

test.skipIf(root)("everybody else stays who they are", () => {
  expect(identity(passwd("postgres:x:101:104::/var/lib/postgresql:/bin/bash"))).toEqual({});
});

test("the programs found can be started by the one who is to start them", () => {
  const who = identity();
  const { bin, version } = programs(who);
  const said = execFileSync(join(bin, "postgres"), ["--version"], { ...who, cwd: "/", encoding: "utf8" });
  expect([said.split(".")[0], version.split(".")[0]]).toEqual(["postgres (PostgreSQL) 18", "18"]);
});
