/** Lumen keeps its guarantees against a small real Lumen. */
// cut: proof
import { conformance } from "crossdock/testing";
import { test } from "vitest";
import { lumen } from "./connector.ts";
import { openWorld, without } from "./world.ts";

for (const { name, run } of conformance(lumen, openWorld, { without })) test(name, run);
// end
