/**
 * Makes conformance worlds of the simulated estate, which runs as a process of its own and shares no code with Crossdock.
 *
 * One estate serves all checks of a file; each world has parcels of its own, so checks do not see each other's effects. What happened is
 * read from the system's books on its control plane, never from the connector.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Parcel } from "crossdock";
import { type Check, type ConformanceOptions, conformance, type World } from "crossdock/testing";
import { afterAll, beforeAll, test } from "vitest";
import { type StartedEstate, type SystemName, startEstate } from "../../estate/client.ts";

export const TOKEN = "estate-token-nobody-may-see";

/** What a system adds to the common world. `id` tells one world's parcels from another's. */
export interface Stand {
  readonly system: SystemName;
  /** Where it is another than that of the other stands. */
  readonly connector?: Parameters<typeof conformance>[0];
  /** The connection fetches its tokens, so credentials are refused only when a new token is refused too. */
  readonly signsIn?: boolean;
  readonly config: (url: string) => unknown;
  readonly parcel: (id: string) => Omit<Parcel, "key" | "mediaType" | "body"> & { readonly data: unknown };
  /** How often the parcel stands in the books. */
  // biome-ignore lint/suspicious/noExplicitAny: the books of each system have their own shape, listed in estate/README.md.
  readonly effects: (books: any, parcel: Parcel, id: string) => number;
  readonly question?: World["question"];
  /** What this system cannot do, beside what none of its kind can. */
  readonly without?: ConformanceOptions["without"];
  /** Posts other content under the reference of the parcel. */
  readonly occupy?: (parcel: Parcel, config: unknown) => Promise<void>;
}

/** Starts the estate for this file, registers the kit's checks for each stand, and stops it afterwards. */
export function againstEstate(
  connector: Parameters<typeof conformance>[0],
  stands: readonly Stand[],
  without: NonNullable<ConformanceOptions["without"]>,
): { readonly estate: () => StartedEstate } {
  const data = mkdtempSync(join(tmpdir(), "crossdock-estate-"));
  let started: StartedEstate | undefined;
  const estate = () => {
    if (!started) throw new Error("The estate has not started.");
    return started;
  };
  beforeAll(async () => {
    const systems = stands.map(({ system }) => system);
    const tokens = Object.fromEntries(systems.map((system) => [system, TOKEN]));
    started = await startEstate({ data, systems, secrets: { tokens } });
  });
  afterAll(async () => {
    await started?.stop();
    rmSync(data, { recursive: true, force: true });
  });
  for (const stand of stands) {
    const checks: Check[] = conformance(stand.connector ?? connector, () => worldOf(estate(), stand), {
      without: {
        ...common,
        ...(stand.question ? {} : { question: "this system answers no questions" }),
        ...without,
        ...stand.without,
      },
    });
    for (const { name, run } of checks) test(`${stand.system}, ${name}`, run);
  }
  return { estate };
}

const common: NonNullable<ConformanceOptions["without"]> = {
  spoilNextAnswer: "the estate loses answers and does not garble them; the connector's own world does",
  arrive: "nothing arrives over this connector",
};

let worlds = 0;

async function worldOf(estate: StartedEstate, stand: Stand): Promise<World> {
  const { system } = stand;
  const world = ++worlds;
  const config = stand.config(estate.url[system] ?? "");
  const idOf = (n: number) => `W${world}-${n}`;
  const ids = new Map<string, string>();
  const parcel = (n: number): Parcel => {
    const { data, ...rest } = stand.parcel(idOf(n));
    const key = `key-${world}-${n}`;
    ids.set(key, idOf(n));
    return {
      ...rest,
      key,
      mediaType: "application/json",
      body: new TextEncoder().encode(JSON.stringify(data)),
    };
  };
  const { question, occupy } = stand;
  return {
    config,
    parcel,
    effects: async (of) => stand.effects(await estate.books(system), of, ids.get(of.key) ?? ""),
    ...(question && { question }),
    ...(occupy && { occupy: (of: Parcel) => occupy(of, config) }),
    loseNextAnswer: () => estate.fault(system, "lose-answer", { times: 1, on: "writes" }),
    refuseNext: () => estate.fault(system, "refuse", { times: 1, on: "writes" }),
    busyNext: (ms) => estate.fault(system, "busy", { times: 1, on: "writes", retryAfterSeconds: ms / 1_000 }),
    denyNext: () =>
      estate.fault(system, "refuse", {
        times: stand.signsIn ? 2 : 1,
        on: "writes",
        status: 401,
        code: "UNAUTHORIZED",
      }),
    goDown: () => estate.fault(system, "down"),
    comeBack: () => estate.clear(system, "down"),
    close: () => estate.clear(system),
  };
}
