/** Lumen keeps its guarantees against a small real Lumen; and the tutorial shows this very code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

// cut: what the proof needs
import { conformance, httpWorld, type World } from "crossdock/testing";
import { expect, test } from "vitest";
import { lumen } from "./connector.ts";

// end

// cut: world
/** A Lumen that keeps its labels in memory, and misbehaves when it is asked to. */
async function openWorld(): Promise<World> {
  const labels = new Map<string, { number: string; prints: number }>();
  const { url, ...wire } = await httpWorld(({ method, path }) => {
    const key = decodeURIComponent(path.split("/")[2] ?? "");
    const known = labels.get(key);
    if (method === "GET") return known ? { status: 200, body: { number: known.number } } : { status: 404 };
    if (known) return { status: 200, body: { number: known.number } };
    const number = `L-${labels.size + 1}`;
    labels.set(key, { number, prints: 1 });
    return { status: 201, body: { number } };
  });
  return {
    ...wire,
    config: { url, token: "canary-token" },
    parcel: (n) => ({
      key: `label-${n}`,
      contract: "lumen.print-label",
      subject: `shipment/SH-${n}`,
      body: Buffer.from(JSON.stringify({ text: `Parcel ${n}` })),
      mediaType: "application/json",
    }),
    effects: ({ key }) => labels.get(key)?.prints ?? 0,
    refuseNext: () => wire.answerNext({ status: 422, body: { title: "The text is too long." } }),
  };
}
// end

// cut: conformance
const without = {
  question: "Lumen is never asked anything",
  occupy: "a label is found by our own key alone",
  arrive: "Lumen sends nothing",
};
for (const { name, run } of conformance(lumen, openWorld, { without })) test(name, run);
// end

const page = readFileSync(join(import.meta.dirname, "../../docs/start/your-own-connector.md"), "utf8");
const files = ["connector.ts", "connector.test.ts"].map((name) =>
  readFileSync(join(import.meta.dirname, name), "utf8"),
);

test("every block of code in the tutorial is cut from these files", () => {
  const cuts = files.flatMap((text) =>
    [...text.matchAll(/^\/\/ cut: .*\n([\s\S]*?)^\/\/ end$/gm)].map(([, cut = ""]) => `${cut.trimEnd()}\n`),
  );
  const shown = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(shown).toEqual(cuts);
});
