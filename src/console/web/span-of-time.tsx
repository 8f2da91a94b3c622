/** Which time counts are about: chosen on the page, kept in its address, said beside the counts. */
import { useMemo } from "react";
import { useNow } from "./live.tsx";
import { useQuery } from "./query.ts";

const SPANS = [
  ["today", "Today"],
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["all", "Since the beginning"],
] as const;
export type SpanName = (typeof SPANS)[number][0];

const HOUR_MS = 3_600_000;

/** When the span began, RFC 3339 to the minute so that equal pages ask equal questions; null: since the beginning. */
function beginOf(name: SpanName, now: number): string | null {
  const minute = Math.floor(now / 60_000) * 60_000;
  switch (name) {
    case "today":
      return new Date(new Date(now).setHours(0, 0, 0, 0)).toISOString();
    case "24h":
      return new Date(minute - 24 * HOUR_MS).toISOString();
    case "7d":
      return new Date(minute - 7 * 24 * HOUR_MS).toISOString();
    case "30d":
      return new Date(minute - 30 * 24 * HOUR_MS).toISOString();
    case "all":
      return null;
  }
}

export function useSpan(): { name: SpanName; label: string; since: string | null; query: string } {
  const [query] = useQuery();
  const now = useNow();
  const asked = query.get("time");
  const [name, label] = SPANS.find(([each]) => each === asked) ?? SPANS[0];
  const since = beginOf(name, now);
  return useMemo(
    () => ({ name, label, since, query: since === null ? "" : `since=${encodeURIComponent(since)}` }),
    [name, label, since],
  );
}

export function SpanButtons() {
  const [, setQuery] = useQuery();
  const { name: chosen } = useSpan();
  return (
    <fieldset className="zoom span-of-time">
      <legend className="sr">What the counts are about</legend>
      {SPANS.map(([name, label]) => (
        <button
          key={name}
          type="button"
          aria-pressed={chosen === name}
          onClick={() =>
            setQuery(
              (before) => {
                if (name === SPANS[0][0]) before.delete("time");
                else before.set("time", name);
                return before;
              },
              { replace: true },
            )
          }
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

/** Where the rows behind a number of a funnel are. */
export function standingAt(
  process: string,
  milestone: string,
  how: "normal" | "waiting" | "someone" | null,
): string {
  const query = new URLSearchParams({ process, at: milestone, ...(how ? { how } : {}) });
  return `/documents?${query}`;
}
