/** The journal: events and commands by type, source, subject and time, newest first, each with its body and its document. */
import { useInfiniteQuery, useQuery as useRead } from "@tanstack/react-query";
import { type FormEvent, Fragment } from "react";
import { Link } from "wouter";
import type { EventLine, Events } from "../../../trace/index.ts";
import { get } from "../api.ts";
import { absolute, many, pageOf } from "../format.ts";
import { useLive } from "../live.tsx";
import { Empty, Failed, Hint, Loading, More } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { DeveloperTabs } from "./developer-tabs.tsx";
import { StepPanel } from "./step-panel.tsx";

/** What can be asked for, in the order of the form; the names are those of the address, the API and the command line. */
const FILTERS = ["contract", "kind", "source", "about", "from", "to"] as const;
type Filter = (typeof FILTERS)[number];

/** The filters of the address as the API takes them: times of this place become instants. */
function askedOf(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (!value) continue;
    const isTime = name === "from" || name === "to";
    if (!isTime) asked.set(name, value);
    else if (!Number.isNaN(Date.parse(value))) asked.set(name, new Date(value).toISOString());
  }
  return asked;
}

export function EventsPage() {
  const [query, setQuery] = useQuery();
  const { changed, seen } = useLive();
  const asked = askedOf(query).toString();
  const list = useInfiniteQuery({
    queryKey: ["events", asked],
    queryFn: ({ pageParam }) =>
      get<Events>(`/events?limit=50&${asked}${pageParam === null ? "" : `&before=${pageParam}`}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const { data, error, refetch, hasNextPage, isFetching } = list;
  const lines = data?.pages.flatMap((page) => page.events) ?? [];
  const back = data?.pages.at(-1)?.lookedBackTo ?? null;
  const open = query.get("open");
  const show = (position: string | null) =>
    setQuery(
      (before) => {
        if (position === null) before.delete("open");
        else before.set("open", position);
        return before;
      },
      { replace: true },
    );
  return (
    <div className="page">
      <h1>Events</h1>
      <DeveloperTabs />
      <Filters key={asked} />
      {error && !data && <Failed error={error} what="the journal" again={refetch} />}
      {!data && !error && <Loading label="the journal" rows={10} />}
      {data && (
        <>
          <div className="list-head">
            <p className="found" role="status">
              {hasNextPage ? "The newest " : ""}
              {many(lines.length, "line")} of the journal{asked === "" ? "" : " for this filter"}
              {hasNextPage && back !== null ? `, back to ${absolute(back)}` : ""}.
            </p>
            <button
              type="button"
              className="pill"
              hidden={changed.size === 0}
              disabled={isFetching}
              onClick={() => {
                seen();
                void refetch();
              }}
            >
              Something happened: show
            </button>
          </div>
          <div className="card">
            {lines.length === 0 ? (
              <Empty>
                {hasNextPage
                  ? "Nothing fits so far; the journal goes on further back."
                  : asked === ""
                    ? "The journal is empty. Every event and command is written here as soon as it is accepted."
                    : "Nothing in the journal fits this filter."}
              </Empty>
            ) : (
              <Journal lines={lines} open={open} show={show} />
            )}
          </div>
          <More of={list} label={lines.length === 0 ? "Look further back" : "Show older ones"} />
        </>
      )}
      <Hint command={commandOf(askedOf(query))} />
    </div>
  );
}

function Journal({
  lines,
  open,
  show,
}: {
  lines: readonly EventLine[];
  open: string | null;
  show: (position: string | null) => void;
}) {
  return (
    <div className="scroll">
      <table className="journal">
        <caption className="sr">Lines of the journal, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Recorded</th>
            <th scope="col">What</th>
            <th scope="col">About</th>
            <th scope="col">Document</th>
            <th scope="col">Said by</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const isOpen = line.position === open;
            return (
              <Fragment key={line.position}>
                <tr className={isOpen ? "entry-open" : undefined}>
                  <td className="nowrap">
                    <time
                      dateTime={line.recordedAt}
                      title={`${absolute(line.recordedAt)}; happened ${absolute(line.occurredAt)}`}
                    >
                      {exactTime(line.recordedAt)}
                    </time>
                  </td>
                  <th scope="row">
                    <button
                      type="button"
                      className="entry-title"
                      aria-expanded={isOpen}
                      onClick={() => show(isOpen ? null : line.position)}
                    >
                      {line.title}
                    </button>
                    <small>
                      {line.kind} <code>{line.contract}</code> v{line.version}
                    </small>
                  </th>
                  <td className="breaks">{line.subject}</td>
                  <td>
                    {line.document ? (
                      <Link href={pageOf(line.correlation)} className="number">
                        {line.number}
                      </Link>
                    ) : (
                      <span className="muted">{line.correlation}</span>
                    )}
                  </td>
                  <td>{line.sourceTitle}</td>
                </tr>
                {isOpen && (
                  <tr className="journal-body">
                    <td colSpan={5}>
                      <StepPanel of={line} close={() => show(null)} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The day and the time to the millisecond: order within a second is what people look for here. */
const exactTime = (at: string): string =>
  new Intl.DateTimeFormat(navigator.language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hour12: false,
  } as Intl.DateTimeFormatOptions).format(new Date(at));

/** What may be typed is offered: the contracts this dock speaks, its systems. */
function Filters() {
  const [query, setQuery] = useQuery();
  const { data: catalogue } = useRead({
    queryKey: ["contracts"],
    queryFn: () => get<{ contracts: readonly { name: string }[] }>("/contracts"),
  });
  const { data: systems } = useRead({
    queryKey: ["systems"],
    queryFn: () => get<{ systems: readonly { name: string; title: string }[] }>("/systems"),
  });
  const names = catalogue?.contracts.map(({ name }) => name) ?? [];
  const domains = [...new Set(names.map((name) => `${name.split(".")[0]}.`))];
  const now = (name: Filter) => query.get(name) ?? "";
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setQuery((before) => {
      for (const name of FILTERS) {
        const value = String(form.get(name) ?? "").trim();
        if (value === "") before.delete(name);
        else before.set(name, value);
      }
      before.delete("open");
      return before;
    });
  };
  return (
    <form className="filters" onSubmit={search} aria-label="Which lines of the journal">
      <label>
        <span>Type, or how it begins</span>
        <input name="contract" list="contracts" defaultValue={now("contract")} placeholder="sales." />
      </label>
      <datalist id="contracts">
        {[...domains, ...names].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label>
        <span>Kind</span>
        <select name="kind" defaultValue={now("kind")}>
          <option value="">events and commands</option>
          <option value="event">events</option>
          <option value="command">commands</option>
        </select>
      </label>
      <label>
        <span>Said by</span>
        <input name="source" list="sources" defaultValue={now("source")} />
      </label>
      <datalist id="sources">
        {systems?.systems.map(({ name, title }) => (
          <option key={name} value={name} label={title} />
        ))}
      </datalist>
      <label>
        <span>About (any number)</span>
        <input name="about" defaultValue={now("about")} placeholder="PO-4711" />
      </label>
      <label>
        <span>From</span>
        <input name="from" type="datetime-local" step={1} defaultValue={now("from")} />
      </label>
      <label>
        <span>To</span>
        <input name="to" type="datetime-local" step={1} defaultValue={now("to")} />
      </label>
      <button type="submit" className="button primary">
        Show
      </button>
      {FILTERS.some((name) => query.has(name)) && (
        <Link href="/dev/events" className="button quiet">
          Clear
        </Link>
      )}
    </form>
  );
}

/** The same on the command line. */
const commandOf = (asked: URLSearchParams): string =>
  [
    "xd events",
    ...[...asked].map(([name, value]) => `--${name} ${/\s/.test(value) ? `"${value}"` : value}`),
  ].join(" ");
