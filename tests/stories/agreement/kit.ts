/** What stories about agreement look at: comparisons, and what was found, as the console's API says it. */
import type { Contradiction } from "../../../src/trace/agreement.ts";
import type { World } from "../kit/world.ts";

/** What a comparison came to. */
export type Compared = Readonly<Record<"documents" | "agreed" | "settling" | "untold" | "differing", number>>;

/** Everything of these kinds is compared, all at once; without a grace of its own, each milestone's counts. */
export async function comparedAll<Kind extends string>(
  world: World,
  kinds: readonly Kind[],
  grace?: string,
): Promise<Record<Kind, Compared>> {
  const { rows: before } = await world.pool.query(
    "select coalesce(max(started_at)::text, '-infinity') as at from comparison",
  );
  for (const kind of kinds)
    await world.press(`/api/agreements/${kind}/compare`, {
      reason: "The story looks.",
      ...(grace === undefined ? {} : { grace }),
    });
  return world.until(`${kinds.join(", ")} are compared`, 60_000, async () => {
    const { rows } = await world.pool.query(
      `select kind, documents, agreed, settling, untold, differing from comparison
        where ended_at is not null and started_at > $1::timestamptz and kind = any($2)`,
      [before[0].at, kinds],
    );
    const all = rows.map(({ kind, ...sums }) => [kind, sums] as const);
    return all.length === kinds.length && (Object.fromEntries(all) as Record<Kind, Compared>);
  });
}

export const compared = async (world: World, kind: string, grace?: string): Promise<Compared> =>
  (await comparedAll(world, [kind], grace))[kind]!;

/** What differs among documents of these kinds, whatever grace there is; as `found` says it. */
export async function differing(world: World, ...kinds: readonly string[]): Promise<string[]> {
  await comparedAll(world, kinds, "0s");
  const all = await Promise.all(kinds.map(async (kind) => found(await contradictions(world, kind))));
  return all.flat();
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
