/**
 * Who may look at what could not be read, by the flow it came in: an arrival that was set aside, a refused record of a large file.
 *
 * Nobody can say which part of it is personal, nor where it belongs. So where a contract of its flow hides anything its words are
 * hidden whole, and whoever is limited to some plants or entities does not see it.
 */
import type { Dock } from "../runtime/dock.ts";
import type { Areas } from "../trace/index.ts";
import { type Mark, markedIn } from "../trace/mask.ts";

export function unread({ flows }: Dock["definitions"]) {
  const published = (name: string) => {
    const flow = flows.get(name);
    return flow?.direction === "in" ? flow.publishes : [];
  };
  return {
    /** Whether somebody who sees these areas sees what came in this flow. */
    reads(areas: Areas, name: string): boolean {
      const of = published(name).map((one) => one.name.split(".")[0]!);
      return (
        areas === null ||
        areas.some(
          ({ domains, plants, entities }) =>
            plants === null &&
            entities === null &&
            of.length > 0 &&
            of.every((one) => domains?.includes(one)),
        )
      );
    },
    /** What its words may hold. A flow that is gone may have read anything. */
    hides(name: string): ReadonlySet<Mark> {
      const contracts = published(name);
      if (contracts.length === 0) return new Set(["personal"]);
      return new Set(contracts.flatMap(({ schema }) => markedIn(schema).map(({ mark }) => mark)));
    },
  };
}
