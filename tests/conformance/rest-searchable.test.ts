/** `rest-searchable` keeps its guarantees against the simulated warehouse, which books twice whatever comes twice. */
import { settlingWithin } from "crossdock/connectors/rest-searchable";
import { againstEstate, TOKEN } from "./estate-world.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };
const connector = settlingWithin("2s");

const configOf = (url: string) => ({
  url,
  token: TOKEN,
  paths: { "wms.allocate-stock": "/api/allocations" },
  asks: { "wms.stock": { method: "GET" as const, path: "/api/stock?sku={sku}" } },
  timeoutMs: 3_000,
});

const allocation = (orderId: string, quantity: string) => ({
  orderId,
  lines: [{ line: 1, sku: "SEAL-9", quantity }],
});

againstEstate(
  connector,
  [
    {
      system: "wms",
      config: configOf,
      parcel: (id) => ({
        contract: "wms.allocate-stock",
        subject: `order/${id}`,
        data: allocation(id, "1"),
      }),
      effects: ({ allocations }, { key }) =>
        allocations.filter(({ reference }: { reference: string }) => reference === key).length,
      question: () => ({ about: "wms.stock", data: { sku: "SEAL-9" } }),
      occupy: async (parcel, config) => {
        const session = await connector.open(config as ReturnType<typeof configOf>, around);
        const other = allocation(parcel.subject.slice("order/".length), "2");
        await session.deliver?.({ ...parcel, body: new TextEncoder().encode(JSON.stringify(other)) });
        await session.close();
      },
    },
  ],
  {},
);
