/**
 * The console's API of runbooks: which there are and which are called for now, a run with its live checks, and its buttons.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/runbooks` | `{runbooks, causes, runs}`: each with the systems it is called for now, those of causes, and the latest runs |
 * | `GET /api/runbooks/:id?system=` | the runbook with what its checks find now |
 * | `POST /api/runbooks/:id/runs` | `{system, reason?}` → `{done, run}` |
 * | `GET /api/runs/:run` | the run: its steps and what their checks find now |
 * | `POST /api/runs/:run/steps/:number` | `{as, note?}` → `{done, finding}` |
 * | `POST /api/runs/:run/close` | `{outcome, despite?}` → `{done, figures}` |
 */
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import { late, missing } from "./answers.ts";
import { acting, areasOf, may } from "./gate.ts";
import { OVER_ALL, type Runbooks } from "./runbooks.ts";

const exactly = { additionalProperties: false } as const;
const Words = Type.String({ minLength: 1, maxLength: 2_000 });
const About = Type.Object({ system: Type.Optional(Type.String({ maxLength: 200 })) }, exactly);
const Opening = Type.Object(
  { system: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]), reason: Type.Optional(Words) },
  exactly,
);
const Doing = Type.Object(
  { as: Type.Union([Type.Literal("done"), Type.Literal("skipped")]), note: Type.Optional(Words) },
  exactly,
);
const Closing = Type.Object({ outcome: Words, despite: Type.Optional(Type.Boolean()) }, exactly);

const NOT_SO = "What is checked is not so yet over all of the business.";

export async function runbooksApi(
  app: FastifyInstance,
  { runbooks }: { readonly runbooks: Runbooks },
): Promise<void> {
  app.get("/runbooks", may("view", "shown"), ({ who }) => runbooks.list(areasOf(who, "view")));

  app.get<{ Params: { id: string }; Querystring: Static<typeof About> }>(
    "/runbooks/:id",
    { ...may("view", "shown"), schema: { querystring: About } },
    async ({ params: { id }, query: { system }, who }, reply) =>
      (await runbooks.look(id, system ?? null, areasOf(who, "view"))) ??
      missing(reply, `There is no runbook ${id} here.`),
  );

  app.post<{ Params: { id: string }; Body: Static<typeof Opening> }>(
    "/runbooks/:id/runs",
    { ...may("steer systems", "shown"), schema: { body: Opening } },
    async (request, reply) => {
      const { id } = request.params;
      const { system, reason } = request.body;
      const runbook = runbooks.find(id);
      if (!runbook) return missing(reply, `There is no runbook ${id} here.`);
      if (system !== null && !runbook.systems.includes(system))
        return missing(reply, `${id} is not about ${system}. It is about ${runbook.systems.join(", ")}.`);
      const run = await runbooks.open(runbook, system, acting(request, reason));
      return run ? { done: true, run } : late(reply, `Somebody follows ${id} for this already.`);
    },
  );

  app.get<{ Params: { run: string } }>(
    "/runs/:run",
    may("view", "shown"),
    async ({ params, who }, reply) =>
      (await runbooks.run(params.run, areasOf(who, "view"))) ?? missing(reply, "There is no such run."),
  );

  app.post<{ Params: { run: string; number: string }; Body: Static<typeof Doing> }>(
    "/runs/:run/steps/:number",
    { ...may("steer systems", "shown"), schema: { body: Doing } },
    async (request, reply) => {
      const { run: id, number } = request.params;
      const { as, note } = request.body;
      const run = await runbooks.run(id);
      const step = run?.steps[Number(number) - 1];
      if (!run || !step) return missing(reply, `There is no such run, or it has no step ${number}.`);
      // What is found, and kept, is about all of the business; whoever sees a part of it learns only whether it is so.
      const seesAll = areasOf(request.who, "view") === null;
      if (as === "done" && step.finding.ok === false && !note) {
        const why = seesAll ? step.finding.says : NOT_SO;
        return late(reply, `${why} Say in a note why this step is done all the same.`);
      }
      const finding = step.finding.ok === null ? "A person says so." : step.finding.says;
      const done = await runbooks.note(id, step.number, as, finding, note ?? null, acting(request));
      return done ? { done: true, finding: seesAll ? finding : OVER_ALL } : late(reply, "The run is closed.");
    },
  );

  app.post<{ Params: { run: string }; Body: Static<typeof Closing> }>(
    "/runs/:run/close",
    { ...may("steer systems", "shown"), schema: { body: Closing } },
    async (request, reply) => {
      const { outcome, despite = false } = request.body;
      const run = await runbooks.run(request.params.run);
      if (!run) return missing(reply, "There is no such run.");
      const failing = run.exit.filter(({ ok }) => ok === false);
      const seesAll = areasOf(request.who, "view") === null;
      if (failing.length > 0 && !despite) {
        const why = seesAll ? failing.map(({ says }) => says).join(" ") : NOT_SO;
        return late(reply, `It is not over: ${why}`);
      }
      const figures = await runbooks.close(run.id, outcome, {}, acting(request));
      return figures
        ? { done: true, figures: seesAll ? figures : null }
        : late(reply, "The run is closed already.");
    },
  );
}
