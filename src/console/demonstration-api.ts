/**
 * The console's API of the demonstration: stories, faults of the simulated systems, and the scoreboard read from their books.
 *
 * It exists only where simulated systems run beside the dock (`crossdock dev`); elsewhere it says that there are none. Nothing
 * here touches Crossdock: the simulated systems are outside, and are spoken to like any outside system, over HTTP.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Dock } from "../runtime/dock.ts";
import type { Deed } from "../runtime/runbooks.ts";
import { Unavailable } from "../std/errors.ts";
import { document, find } from "../trace/index.ts";
import { late, missing } from "./answers.ts";
import { rehearse } from "./drills.ts";
import { acting, may } from "./gate.ts";
import type { Runbooks } from "./runbooks.ts";
import { scenarioStories } from "./scenario-stories.ts";
import { type Books, scoreboard } from "./scoreboard.ts";
import * as shapes from "./shapes-demonstration.ts";
import { type DemoStory, mishapStories, type StoryDeed } from "./stories.ts";

/** How long a story waits for its order to come to where it goes on; a person may have to decide meanwhile. */
const STORY_MS = 300_000;
const LOOK_MS = 400;
/** Books are read at most this often, however many people watch. */
const SCORE_MS = 1_500;

const demoStories = (now: Date): readonly DemoStory[] => [...mishapStories(now), ...scenarioStories(now)];

export async function demonstrationApi(
  app: FastifyInstance,
  {
    dock,
    estate,
    runbooks,
    log,
  }: {
    readonly dock: Dock;
    readonly estate: string | null;
    readonly runbooks: Runbooks;
    readonly log: (sentence: string, facts: Record<string, string>) => void;
  },
): Promise<void> {
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    let response: Response;
    try {
      response = await fetch(`${estate}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
    } catch (cause) {
      throw new Unavailable("The simulated systems do not answer. Start them with crossdock dev.", { cause });
    }
    const said = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok) {
      const why = said.message ?? said.detail ?? (said.error as { message?: string } | undefined)?.message;
      throw new Unavailable(
        `The simulated systems said no to ${path}${typeof why === "string" ? `: ${why}` : "."}`,
      );
    }
    return said;
  };

  app.get("/demonstration", may("signed in"), async () => {
    const stories = demoStories(new Date()).map(({ name, title, expect }) => ({ name, title, expect }));
    if (estate === null) return { available: false, stories: [], systems: [] };
    const { systems } = (await call("GET", "/systems")) as {
      systems: Record<string, unknown>;
    };
    const all = await Promise.all(
      Object.keys(systems).map(async (name) => {
        const { active = [] } = (await call("GET", `/systems/${name}/faults`)) as {
          active?: readonly { fault: string }[];
        };
        return { name, faults: [...new Set(active.map(({ fault }) => fault))] };
      }),
    );
    return { available: true, stories, systems: all };
  });

  let score: { at: number; answer: Promise<unknown> } | null = null;
  app.get("/demonstration/scoreboard", may("signed in"), async (_request, reply) => {
    if (estate === null) return missing(reply, "No simulated systems run here.");
    if (score === null || Date.now() - score.at > SCORE_MS) {
      score = { at: Date.now(), answer: count() };
      score.answer.catch(() => {
        score = null;
      });
    }
    return score.answer;
  });

  async function count() {
    const [acme, shop, erp, wms, finance] = await Promise.all(
      ["acme", "shop", "erp", "wms", "finance"].map((name) => call("GET", `/systems/${name}/books`)),
    );
    const books = { acme, shop, erp, wms, finance } as unknown as Books;
    const numbers = scoreboard(books, () => false).lost;
    // Only those that are nowhere are asked about; they are few.
    const known = new Set<string>();
    for (const number of numbers.slice(0, 200)) {
      if ((await find(dock.pool, number, { limit: 1 })).length > 0) known.add(number);
    }
    return { ...scoreboard(books, (number) => known.has(number)), asOf: new Date().toISOString() };
  }

  app.post<{ Params: { story: string } }>(
    "/demonstration/stories/:story",
    { ...may("signed in"), schema: { body: shapes.Nothing } },
    async ({ params }, reply) => {
      const story = demoStories(new Date()).find(({ name }) => name === params.story);
      if (estate === null || !story) return missing(reply, `There is no story ${params.story} here.`);
      return { done: true, order: await play(story) };
    },
  );

  app.post<{ Params: { id: string } }>(
    "/demonstration/drills/:id",
    { ...may("steer systems"), schema: { body: shapes.Nothing } },
    async (request, reply) => {
      const runbook = runbooks.find(request.params.id);
      const { drill } = runbook ?? {};
      if (estate === null || !runbook || !drill)
        return missing(reply, `No drill of ${request.params.id} can be held here.`);
      const control = ({ method = "POST", path, body }: Deed) => call(method, path, body);
      const held = await rehearse({ ...runbook, drill }, runbooks, control, acting(request));
      if (!held) return late(reply, `${runbook.id} is being followed for ${drill.system} already.`);
      held.over.catch((error: unknown) =>
        log("A drill could not be closed.", { runbook: runbook.id, error: String(error) }),
      );
      return { done: true, run: held.run };
    },
  );

  app.post<{ Params: { system: string }; Body: Static<typeof shapes.Fault> }>(
    "/demonstration/systems/:system/faults",
    { ...may("develop"), schema: { body: shapes.Fault } },
    async ({ params: { system }, body: { fault, ms, times } }, reply) => {
      if (estate === null) return missing(reply, "No simulated systems run here.");
      const path = `/systems/${encodeURIComponent(system)}/faults`;
      if (fault === null) await call("DELETE", path);
      else
        await call("POST", path, {
          fault,
          ...(ms === undefined ? {} : { ms }),
          ...(times === undefined ? {} : { times }),
        });
      return { done: true };
    },
  );

  /** Plays the deeds in turn; from the first that waits it goes on in the background. Returns the number it is about. */
  async function play({ deeds }: DemoStory): Promise<string | null> {
    let about: string | null = null;
    for (const [index, deed] of deeds.entries()) {
      if (deed.after !== undefined && about !== null) {
        const number = about;
        goOn(number, deeds.slice(index)).catch((error: unknown) =>
          log("A story of the demonstration did not go on.", { about: number, because: String(error) }),
        );
        return number;
      }
      about = numberOf(await perform(deed, about), deed) ?? about;
    }
    return about;
  }

  const numberOf = (said: Record<string, unknown>, { about }: StoryDeed): string | undefined =>
    about ?? [said.poNumber, said.orderNumber].find((number) => typeof number === "string");

  const perform = (deed: StoryDeed, about: string | null) =>
    call(
      deed.method ?? "POST",
      deed.path,
      JSON.parse(JSON.stringify(deed.body ?? {}).replaceAll('"$po"', JSON.stringify(about))),
    );

  async function goOn(about: string, deeds: readonly StoryDeed[]): Promise<void> {
    let number = about;
    for (const deed of deeds) {
      if (deed.after !== undefined && !(await cameTo(number, deed.after))) return;
      number = numberOf(await persistently(deed, number), deed) ?? number;
    }
  }

  /** A system that says no may not have heard yet of what the deed is about; a refused deed did nothing, so it may be tried again. */
  async function persistently(deed: StoryDeed, about: string): Promise<Record<string, unknown>> {
    for (const end = Date.now() + STORY_MS; ; await new Promise((go) => setTimeout(go, LOOK_MS))) {
      try {
        return await perform(deed, about);
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  /** Waits until the document of this number, or its process of exactly this number, has reached a milestone. */
  async function cameTo(number: string, milestone: string): Promise<boolean> {
    for (
      const end = Date.now() + STORY_MS;
      Date.now() < end;
      await new Promise((go) => setTimeout(go, LOOK_MS))
    ) {
      for (const { correlation } of await find(dock.pool, number, { limit: 5 })) {
        const story = await document(dock.pool, correlation, dock.definitions);
        const own = story?.instances.filter(({ key }) => key === number) ?? [];
        const milestones = own.length > 0 ? own.flatMap((one) => one.milestones) : story?.milestones;
        if (milestones?.some(({ name, state }) => name === milestone && state === "reached")) return true;
      }
    }
    log("A story of the demonstration did not go on: its document did not get that far in time.", {
      about: number,
      milestone,
    });
    return false;
  }
}
