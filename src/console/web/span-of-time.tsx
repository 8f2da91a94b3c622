/** Which time counts are about: chosen on the page, kept in its address, said beside the counts. */
import { type ReactNode, useMemo } from "react";
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

/** One of `spans`, kept in the address unless it is the `usual` one, and the buttons that choose it. */
export function useSpans<Name extends string>({
  param,
  spans,
  usual,
  legend,
}: {
  param: string;
  spans: readonly (readonly [name: Name, label: string])[];
  usual: Name;
  legend: string;
}): readonly [chosen: Name, buttons: ReactNode] {
  const [query, setQuery] = useQuery();
  const chosen = spans.find(([name]) => name === query.get(param))?.[0] ?? usual;
  const choose = (name: Name) =>
    setQuery(
      (before) => {
        if (name === usual) before.delete(param);
        else before.set(param, name);
        return before;
      },
      { replace: true },
    );
  const buttons = (
    <fieldset className="zoom span-of-time">
      <legend className="sr">{legend}</legend>
      {spans.map(([name, label]) => (
        <button key={name} type="button" aria-pressed={chosen === name} onClick={() => choose(name)}>
          {label}
        </button>
      ))}
    </fieldset>
  );
  return [chosen, buttons];
}

const OF_COUNTS = {
  param: "time",
  spans: SPANS,
  usual: "today",
  legend: "What the counts are about",
} as const;

export const SpanButtons = () => useSpans(OF_COUNTS)[1];

export function useSpan(): { name: SpanName; label: string; since: string | null; query: string } {
  const now = useNow();
  const [name] = useSpans(OF_COUNTS);
  const label = SPANS.find(([each]) => each === name)![1];
  const since = beginOf(name, now);
  return useMemo(
    () => ({ name, label, since, query: since === null ? "" : `since=${encodeURIComponent(since)}` }),
    [name, label, since],
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
