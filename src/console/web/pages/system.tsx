/** One system: whether it answers and why not, calls and queue over time, its outages, what waits, and the pause button. */
import { keepPreviousData, useInfiniteQuery, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { OpenDeliveries, OutageView, SystemHistory, SystemView } from "../../../trace/index.ts";
import { Ask, Why } from "../actions.tsx";
import { get, useMay, usePress } from "../api.ts";
import { TimeChart, useTwin } from "../charts.tsx";
import { absolute, clock, count, many, pageOf, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Empty, Failed, Hint, Loading, Section, StatusPill } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { SystemState, whyOf } from "./systems.tsx";

interface Page {
  readonly system: SystemView;
  readonly about: {
    readonly connector: string;
    readonly summary: string;
    readonly repeat: string;
    readonly verifies: boolean;
    readonly concurrency: number;
    readonly allowed: number;
    readonly flows: readonly {
      name: string;
      title: string;
      direction: "in" | "out";
      contracts: readonly string[];
    }[];
  };
  readonly history: SystemHistory;
  readonly asOf: string;
}

const SPANS = [
  ["1", "1 hour"],
  ["6", "6 hours"],
  ["24", "24 hours"],
  ["168", "7 days"],
] as const;

export function SystemPage({ name }: { name: string }) {
  const [query, setQuery] = useQuery();
  const hours = SPANS.find(([value]) => value === query.get("hours"))?.[0] ?? "1";
  const { data, error, refetch } = useRead({
    queryKey: ["systems", name, hours],
    queryFn: () => get<Page>(`/systems/${encodeURIComponent(name)}?hours=${hours}`),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
  if (!data)
    return (
      <div className="page">
        <h1>{name}</h1>
        {error ? (
          <Failed error={error} what="this system" again={refetch} />
        ) : (
          <Loading label="this system" rows={8} />
        )}
        <p>
          <Link href="/systems">All systems</Link>
        </p>
      </div>
    );
  const { system, about, history, asOf } = data;
  return (
    <div className="page">
      <header className="document-head">
        <p className="crumb">
          <Link href="/systems">Systems</Link> / {system.owner}
        </p>
        <div className="document-title">
          <h1>{system.title}</h1>
          <SystemState system={system} />
        </div>
        <p>{sentenceOf(system)}</p>
        <PauseButtons system={system} />
      </header>
      <fieldset className="zoom span-of-time">
        <legend className="sr">Time shown</legend>
        {SPANS.map(([value, label]) => (
          <button
            key={value}
            type="button"
            aria-pressed={hours === value}
            onClick={() =>
              setQuery(
                (before) => {
                  before.set("hours", value);
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
      <div className="columns">
        <Calls history={history} />
        <Queue history={history} />
        <AnswerTimes history={history} system={system} />
        <Outages outages={history.outages} asOf={asOf} />
      </div>
      <Open name={name} system={system} history={history} />
      <Section title="What it is and what depends on it">
        <p>
          {about.summary} {about.repeat} Up to {many(about.concurrency, "call")} at once
          {about.allowed < about.concurrency ? `, ${count(about.allowed)} now` : ""}.
        </p>
        <ul className="facts">
          {about.flows.map((flow) => (
            <li key={flow.name}>
              {flow.direction === "in" ? "↓" : "↑"} {flow.title} <small>{flow.name}</small>
            </li>
          ))}
        </ul>
      </Section>
      <Hint command={`xd systems show ${name}`} />
    </div>
  );
}

function sentenceOf(system: SystemView): string {
  const waits =
    system.waiting === 0
      ? "Nothing waits for it."
      : `${system.exact ? "" : "At least "}${many(system.waiting, "delivery").replace("deliverys", "deliveries")} ${system.waiting === 1 ? "waits" : "wait"} safely.`;
  if (system.pause) {
    const how =
      system.pause.how === "paused"
        ? "Nothing is sent to it"
        : system.inFlight + system.inDoubt === 0
          ? "It is drained: nothing is on the wire and nothing is unclear"
          : "What is unclear is looked into; nothing new is sent";
    return `${how}. ${whyOf(system)}. ${system.pause.until ? `It resumes ${clock(system.pause.until, Date.now(), false)}. ` : ""}${waits}`;
  }
  if (system.state === "down")
    return `We stopped calling it so it can recover: ${system.because ?? "it does not answer."} One try at a time asks whether it is back, and no tries are used up. ${waits}`;
  if (system.state === "trying") return `We ask whether it is back. ${waits}`;
  if (system.state === "unknown") return "Nothing was sent to it since this worker started.";
  return `${system.state === "slow" ? "It answers slowly." : "It answers."} ${waits}`;
}

function PauseButtons({ system }: { system: SystemView }) {
  const press = usePress();
  const [asking, ask] = useState<"pause" | "drain" | null>(null);
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState("");
  const may = useMay();
  if (!may("steer systems", "everywhere")) return null;
  const decide = (verdict: "pause" | "drain" | "resume", until: string | null) =>
    press.mutate(
      { act: "decide system", system: system.name, verdict, until, reason },
      {
        onSuccess: () => {
          ask(null);
          setReason("");
        },
      },
    );
  return (
    <div className="buttons">
      {system.pause && (
        <button
          type="button"
          className="button primary"
          disabled={press.isPending}
          onClick={() => decide("resume", null)}
        >
          Resume
        </button>
      )}
      {system.pause?.how !== "paused" && (
        <button type="button" className="button" disabled={press.isPending} onClick={() => ask("pause")}>
          Pause…
        </button>
      )}
      {!system.pause && (
        <button type="button" className="button" disabled={press.isPending} onClick={() => ask("drain")}>
          Drain…
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={press.isPending}
        onClick={() => press.mutate({ act: "probe", system: system.name })}
      >
        Probe now
      </button>
      {asking && (
        <Ask
          title={
            asking === "pause"
              ? `Send nothing to ${system.title}?`
              : `Drain ${system.title} for a maintenance?`
          }
          busy={press.isPending}
          onClose={() => ask(null)}
          onSubmit={() =>
            reason.trim() !== "" &&
            decide(
              asking,
              hours === "" ? null : new Date(Date.now() + Number(hours) * 3_600_000).toISOString(),
            )
          }
          submit={
            <button
              type="submit"
              className="button primary"
              disabled={press.isPending || reason.trim() === ""}
            >
              {asking === "pause" ? "Pause" : "Drain"}
            </button>
          }
        >
          <p>
            {asking === "pause"
              ? "Everything is still accepted and waits safely; calls that are under way end by themselves."
              : "Nothing new is sent. What is unclear is still looked into, so that nothing is in doubt when the work begins."}
          </p>
          <label className="field">
            It resumes
            <select value={hours} onChange={(event) => setHours(event.target.value)}>
              <option value="">when somebody resumes it</option>
              <option value="0.5">in 30 minutes</option>
              <option value="1">in 1 hour</option>
              <option value="4">in 4 hours</option>
              <option value="24">in 24 hours</option>
            </select>
          </label>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
    </div>
  );
}

function Calls({ history }: { history: SystemHistory }) {
  const [table, twin] = useTwin();
  const { calls } = history;
  const total = (of: "ok" | "refused" | "failed") => calls.reduce((sum, part) => sum + part[of], 0);
  return (
    <Section title="Calls" aside={twin}>
      <p className="muted">
        {many(total("ok"), "call")} answered, {count(total("refused"))} refused, {count(total("failed"))}{" "}
        without an answer
      </p>
      <TimeChart
        title="Calls over time"
        at={calls.map(({ at }) => at)}
        kind="bars"
        format={whole}
        table={table}
        series={[
          { name: "answered", tone: "ok", values: calls.map(({ ok }) => ok) },
          { name: "refused", tone: "again", values: calls.map(({ refused }) => refused) },
          { name: "no answer", tone: "bad", values: calls.map(({ failed }) => failed) },
        ]}
      />
    </Section>
  );
}

function Queue({ history }: { history: SystemHistory }) {
  const [table, twin] = useTwin();
  const { queue } = history;
  const oldest = Math.max(0, ...queue.map(({ oldestSeconds }) => oldestSeconds));
  return (
    <Section title="Waiting for it" aside={twin}>
      <p className="muted">
        {oldest === 0 ? "Nothing waited longer than a minute." : `The oldest waited ${span(oldest * 1_000)}.`}
      </p>
      <TimeChart
        title="Waiting and set aside over time"
        at={queue.map(({ at }) => at)}
        kind="area"
        format={whole}
        table={table}
        series={[
          { name: "waiting", tone: "waiting", values: queue.map(({ waiting }) => waiting) },
          { name: "on hold, set aside or unclear", tone: "hold", values: queue.map(({ aside }) => aside) },
        ]}
      />
    </Section>
  );
}

function AnswerTimes({ history, system }: { history: SystemHistory; system: SystemView }) {
  const [table, twin] = useTwin();
  const { calls } = history;
  return (
    <Section title="How long answers take" aside={twin}>
      <p className="muted">
        {system.p50Ms === null
          ? "No answers yet."
          : `Of the last calls half took up to ${Math.round(system.p50Ms)} ms, 99 of 100 up to ${Math.round(system.p99Ms ?? 0)} ms.`}
      </p>
      <TimeChart
        title="Answer times over time"
        at={calls.map(({ at }) => at)}
        kind="lines"
        format={lasting}
        table={table}
        series={[
          { name: "half, up to about", tone: "accent", values: calls.map(({ p50Ms }) => p50Ms) },
          { name: "95 of 100, up to about", tone: "again", values: calls.map(({ p95Ms }) => p95Ms) },
        ]}
      />
    </Section>
  );
}

const DAY_MS = 86_400_000;
const DAYS = 90;

/** One square a day, the darker the longer it was away; the table names every outage. */
function Outages({ outages, asOf }: { outages: readonly OutageView[]; asOf: string }) {
  const [table, twin] = useTwin();
  const now = Date.parse(asOf);
  const lasted = ({ beganAt, endedAt }: OutageView) =>
    (endedAt ? Date.parse(endedAt) : now) - Date.parse(beganAt);
  const total = outages.reduce((sum, outage) => sum + lasted(outage), 0);
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = Array.from({ length: DAYS }, (_, index) => {
    const from = new Date(midnight);
    from.setDate(from.getDate() - (DAYS - 1 - index));
    const to = new Date(from);
    to.setDate(to.getDate() + 1);
    const ms = outages.reduce((sum, { beganAt, endedAt }) => {
      const end = Math.min(endedAt ? Date.parse(endedAt) : now, to.getTime());
      return sum + Math.max(0, end - Math.max(Date.parse(beganAt), from.getTime()));
    }, 0);
    return { from, ms };
  });
  const dayName = (day: Date) => day.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return (
    <Section title="Outages of 90 days" aside={twin}>
      <p className="muted">
        {outages.length === 0
          ? "None was seen."
          : `${many(outages.length, "outage")}, longest ${span(Math.max(...outages.map(lasted)))}, away ${span(total)} in all.`}
      </p>
      {table ? (
        <div className="scroll chart-table">
          <table>
            <caption className="sr">Outages, latest first</caption>
            <thead>
              <tr>
                <th scope="col">Began</th>
                <th scope="col">Lasted</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {outages.length === 0 && (
                <tr>
                  <td colSpan={3}>None was seen.</td>
                </tr>
              )}
              {outages.toReversed().map((outage) => (
                <tr key={outage.beganAt}>
                  <th scope="row">
                    <time dateTime={outage.beganAt}>{absolute(outage.beganAt)}</time>
                  </th>
                  <td>{outage.endedAt ? span(lasted(outage)) : `${span(lasted(outage))}, still`}</td>
                  <td>{outage.because}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <>
          <div
            className="calendar"
            role="img"
            aria-label={`Of ${DAYS} days, ${days.filter(({ ms }) => ms > 0).length} had an outage. Press t for a table.`}
          >
            {days.map(({ from, ms }) => (
              <span
                key={from.getTime()}
                className={`day day-${ms === 0 ? 0 : ms < 60_000 ? 1 : ms < 900_000 ? 2 : ms < DAY_MS / 4 ? 3 : 4}`}
                title={`${dayName(from)}: ${ms === 0 ? "no outage" : `away ${span(ms)}`}`}
              />
            ))}
          </div>
          <p className="legend">
            <span>{dayName(days[0]!.from)} to today</span>
            <span>
              <i className="swatch day-0" aria-hidden="true" /> none
            </span>
            <span>
              <i className="swatch day-1" aria-hidden="true" /> under a minute
            </span>
            <span>
              <i className="swatch day-2" aria-hidden="true" /> under 15 min
            </span>
            <span>
              <i className="swatch day-3" aria-hidden="true" /> under 6 h
            </span>
            <span>
              <i className="swatch day-4" aria-hidden="true" /> longer
            </span>
          </p>
        </>
      )}
    </Section>
  );
}

/** What is not settled: counted by kind, and the very rows that were counted. */
function Open({ name, system, history }: { name: string; system: SystemView; history: SystemHistory }) {
  const now = useNow();
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["systems", name, "open"],
    queryFn: ({ pageParam }) =>
      get<OpenDeliveries>(
        `/systems/${encodeURIComponent(name)}/open${pageParam === null ? "" : `?after=${pageParam}`}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 5_000,
  });
  const rows = data?.pages.flatMap(({ deliveries }) => deliveries) ?? [];
  const open = history.open.reduce((sum, { waiting, aside }) => sum + waiting + aside, 0);
  return (
    <Section title={open === 0 ? "Not settled" : `Not settled (${count(open)})`}>
      {open === 0 && rows.length === 0 && (
        <Empty>Everything that was owed to {system.title} is settled.</Empty>
      )}
      {open > 0 && (
        <p className="cause-facts">
          {history.open.map(({ contract, title, waiting, aside }) => (
            <span key={contract}>
              {title}: {count(waiting)} waiting{aside > 0 ? `, ${count(aside)} aside` : ""}
            </span>
          ))}
        </p>
      )}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <caption className="sr">Deliveries that are not settled, oldest first</caption>
            <thead>
              <tr>
                <th scope="col">Document</th>
                <th scope="col">What</th>
                <th scope="col">Status</th>
                <th scope="col" className="right">
                  Since
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  <th scope="row">
                    <Link href={pageOf(row.correlation)} className="number">
                      {row.number}
                    </Link>
                  </th>
                  <td>{row.title}</td>
                  <td>
                    <StatusPill status={row.status} />
                  </td>
                  <td className="right nowrap" title={absolute(row.createdAt)}>
                    {span(now - Date.parse(row.createdAt))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage && (
        <p className="center">
          <button
            type="button"
            className="button"
            disabled={isFetchingNextPage}
            onClick={() => fetchNextPage()}
          >
            {isFetchingNextPage ? "Loading…" : "Show more"}
          </button>
        </p>
      )}
    </Section>
  );
}

const whole = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(1));
const lasting = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
