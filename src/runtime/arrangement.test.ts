/** What the engine says itself is known to every dock, whatever its configuration brings. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as costing from "../contracts/canon/costing.ts";
import * as cutover from "../contracts/canon/cutover.ts";
import * as operations from "../contracts/canon/operations.ts";
import * as watching from "../contracts/canon/watching.ts";
import type { Contract } from "../contracts/contract.ts";
import { arrange } from "./arrangement.ts";
import * as facts from "./facts.ts";

test("every fact the runtime makes is of a contract that a dock with nothing of its own knows", () => {
  const named: Readonly<Record<string, unknown>> = {
    ...costing,
    ...cutover,
    ...operations,
    ...watching,
    ...facts,
  };
  const here = import.meta.dirname;
  const made = readdirSync(here)
    .filter((file) => file.endsWith(".ts") && !/\.(test|fixtures)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(here, file), "utf8").matchAll(/\b([A-Z]\w+)\.of\(/g)])
    .map(([, name = ""]) => name);
  expect(made.length).toBeGreaterThan(20);
  const { contracts } = arrange({ flows: [] });
  const known = Object.keys(named).filter((name) => contracts.has((named[name] as Contract).name));
  expect(made.filter((name) => !known.includes(name))).toEqual([]);
});
