/** A small real Lumen to prove the connector against: it counts what really happened, and misbehaves on purpose. */
// cut: what the world needs
import { httpWorld, type World } from "crossdock/testing";

// end

// cut: world
/** A Lumen that keeps its labels in memory, and misbehaves when it is asked to. */
export async function openWorld(): Promise<World> {
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

// cut: without
/** What this world cannot do, and why that leaves nothing unproved. */
export const without = {
  question: "Lumen is never asked anything",
  occupy: "a label is found by our own key alone",
  arrive: "Lumen sends nothing",
};
// end
