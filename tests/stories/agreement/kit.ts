/** What stories about agreement look at: comparisons, and what was found, as the console's API says it. */
import type { Contradiction } from "../../../src/trace/agreement.ts";
import type { World } from "../kit/world.ts";

/** Everything of a kind is compared; without a grace of its own, each milestone's counts. */
export async function compared(world: World, kind: string, grace?: string): Promise<Record<string, number>> {
  await world.press(`/api/agreements/${kind}/compare`, {
    reason: "The story looks.",
    ...(grace === undefined ? {} : { grace }),
  });
  return world.until(`every one of the ${kind} is compared`, 60_000, async () => {
    const { rows } = await world.pool.query(
      `select documents, agreed, settling, untold, differing from comparison where ended_at is not null
        and started_at = (select max(started_at) from comparison where kind = $1)`,
      [kind],
    );
    return rows[0];
  });
}

export async function contradictions(world: World, kind: string): Promise<Contradiction[]> {
  const answer = await world.ask("GET", `/api/agreements/${kind}/contradictions?limit=200`);
  return (answer as { contradictions: Contradiction[] }).contradictions;
}

/** What was found, as `document milestone: who is out of step; what mends it where`. */
export const found = (all: readonly Contradiction[]): string[] =>
  all
    .flatMap(({ subject, document, findings }) =>
      findings
        .filter(({ stand }) => stand === "differ")
        .map(({ milestone, lacking, remedy, figures }) => {
          const who =
            lacking.length > 0
              ? `${lacking.join("+")} lacks`
              : `figures of ${figures.map(({ name }) => name).join("+")}`;
          const number = subject.startsWith("order/")
            ? document?.number
            : subject.slice(subject.indexOf("/") + 1);
          return `${number} ${milestone}: ${who}; ${remedy?.act} at ${remedy?.system}`;
        }),
    )
    .toSorted();
