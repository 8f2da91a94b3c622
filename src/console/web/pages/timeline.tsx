/** What happened, newest first, in three zoom levels of one and the same story. */
import { useMemo, useState } from "react";
import type { Entry, Level, Story } from "../../../trace/index.ts";
import { absolute, amountsIn, clock } from "../format.ts";
import { useSingleKeys } from "../keys.tsx";
import { useNow } from "../live.tsx";
import { Empty, Section, Word } from "../parts.tsx";
import { useQuery } from "../query.ts";

const LEVELS: readonly { level: Level; label: string }[] = [
  { level: "business", label: "Business" },
  { level: "steps", label: "All steps" },
  { level: "attempts", label: "Every try" },
];
const RANK: Readonly<Record<Level, number>> = { business: 0, steps: 1, attempts: 2 };

const ICON: Readonly<Record<Entry["what"], string>> = {
  arrival: "↓",
  event: "●",
  command: "↗",
  delivery: "⇥",
  attempt: "↻",
  question: "?",
  answer: "✓",
  milestone: "◆",
  exception: "!",
  resolved: "✔",
  note: "✎",
};

/** Rows drawn at once; a longer story is opened in steps, so that a browser never chokes on it. */
const SHOWN = 150;

type StepOf = { correlation: string; position: string };

export function Timeline({
  story,
  opened,
  open,
}: {
  story: Story;
  opened: StepOf | null;
  open: (step: StepOf | null) => void;
}) {
  const [params, setParams] = useQuery();
  const asked = params.get("zoom");
  const zoom: Level = asked === "steps" || asked === "attempts" ? asked : "business";
  const [filter, setFilter] = useState("");
  const [shown, show] = useState(SHOWN);
  const now = useNow();

  const zoomTo = (level: Level) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (level === "business") next.delete("zoom");
        else next.set("zoom", level);
        return next;
      },
      { replace: true },
    );
  useSingleKeys(({ key }) => {
    const level = LEVELS[Number(key) - 1]?.level;
    if (level) zoomTo(level);
  });

  const entries = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return story.timeline
      .filter(({ level }) => RANK[level] <= RANK[zoom])
      .filter(
        ({ title, detail }) => wanted === "" || `${title} ${detail ?? ""}`.toLowerCase().includes(wanted),
      )
      .toReversed();
  }, [story.timeline, zoom, filter]);

  return (
    <Section
      title="What happened"
      className="timeline-card"
      aside={
        // biome-ignore lint/a11y/useSemanticElements: a fieldset's border and legend would stand in the way here.
        <div className="zoom" role="group" aria-label="How much to show">
          {LEVELS.map(({ level, label }, index) => (
            <button
              key={level}
              type="button"
              aria-pressed={zoom === level}
              title={`Press ${index + 1}`}
              onClick={() => zoomTo(level)}
            >
              {label}
            </button>
          ))}
        </div>
      }
    >
      {zoom !== "business" && (
        <label className="filter">
          <span className="sr">Filter what happened</span>
          <input
            type="search"
            value={filter}
            placeholder="Filter by system, number or word"
            onChange={(event) => setFilter(event.target.value)}
          />
        </label>
      )}
      {entries.length === 0 && (
        <Empty>{filter === "" ? "Nothing to show at this level." : "Nothing matches this filter."}</Empty>
      )}
      <ol className="timeline">
        {entries.slice(0, shown).map((entry) => (
          <Row
            key={entry.id}
            entry={entry}
            now={now}
            isOpen={opened !== null && entry.step?.position === opened.position && entry.what !== "attempt"}
            open={open}
          />
        ))}
      </ol>
      {entries.length > shown && (
        <p className="center">
          <button type="button" className="button" onClick={() => show(shown + SHOWN)}>
            Show {Math.min(SHOWN, entries.length - shown)} earlier ones of {entries.length - shown}
          </button>
        </p>
      )}
      {story.truncated && (
        <p className="muted">
          This story has more messages than a page can hold. These are the latest 2,000; the earlier ones are
          kept in the journal.
        </p>
      )}
    </Section>
  );
}

function Row({
  entry,
  now,
  isOpen,
  open,
}: {
  entry: Entry;
  now: number;
  isOpen: boolean;
  open: (step: StepOf | null) => void;
}) {
  const { step } = entry;
  const opens =
    step !== null &&
    (entry.what === "event" ||
      entry.what === "command" ||
      entry.what === "delivery" ||
      entry.what === "attempt");
  return (
    <li className={`entry entry-${entry.what} entry-${entry.level} ${isOpen ? "entry-open" : ""}`}>
      <time dateTime={entry.at} title={absolute(entry.at)}>
        {clock(entry.at, now)}
      </time>
      <span
        className={`entry-icon ${entry.word ? `word-${entry.word.replaceAll(" ", "-")}` : ""}`}
        aria-hidden="true"
      >
        {ICON[entry.what]}
      </span>
      <span className="entry-text">
        {opens ? (
          <button
            type="button"
            className="entry-title"
            aria-expanded={isOpen}
            onClick={() => open(isOpen ? null : step)}
          >
            {entry.title}
          </button>
        ) : (
          <span className="entry-title">{entry.title}</span>
        )}
        {entry.word && entry.what === "delivery" && entry.word !== "done" && <Word word={entry.word} />}
        {entry.detail && <small>{amountsIn(entry.detail)}</small>}
        {entry.happenedAt && <small>Happened {absolute(entry.happenedAt)}</small>}
      </span>
    </li>
  );
}
