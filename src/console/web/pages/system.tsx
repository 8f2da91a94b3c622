/** One system: whether it answers and why not, how it did over time, what waits for it, and the pause button. */
import { keepPreviousData, useInfiniteQuery, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { OpenDeliveries, SystemHistory, SystemView } from "../../../trace/index.ts";
import { AskWhy } from "../actions.tsx";
import { get, useMay, usePress } from "../api.ts";
import { absolute, clock, count, many, pageOf, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Empty, Failed, Hint, Loading, More, Section, StatusPill } from "../parts.tsx";
import { useSpans } from "../span-of-time.tsx";
import { OverTime } from "./system-over-time.tsx";
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
  const [hours, spans] = useSpans({ param: "hours", spans: SPANS, usual: "1", legend: "Time shown" });
  const may = useMay();
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
      {spans}
      <OverTime system={system} history={history} asOf={asOf} />
      {may("view") && <Open name={name} system={system} history={history} />}
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
  if (system.isUnheard)
    return `Nothing can come in from it: ${system.because} What is sent to it is not held up. ${waits}`;
  if (system.state === "down")
    return `We stopped calling it so it can recover: ${system.because ?? "it does not answer."} One try at a time asks whether it is back, and no tries are used up. ${waits}`;
  if (system.state === "trying") return `We ask whether it is back. ${waits}`;
  if (system.state === "unknown") return "Nothing was sent to it since this worker started.";
  return `${system.state === "slow" ? "It answers slowly." : "It answers."} ${waits}`;
}

function PauseButtons({ system }: { system: SystemView }) {
  const press = usePress();
  const [asking, ask] = useState<"pause" | "drain" | null>(null);
  const [hours, setHours] = useState("");
  const may = useMay();
  if (!may("steer systems", "everywhere")) return null;
  const decision = (verdict: "pause" | "drain" | "resume", reason: string) =>
    ({
      act: "decide system",
      system: system.name,
      verdict,
      until:
        verdict === "resume" || hours === ""
          ? null
          : new Date(Date.now() + Number(hours) * 3_600_000).toISOString(),
      reason,
    }) as const;
  return (
    <div className="buttons">
      {system.pause && (
        <button
          type="button"
          className="button primary"
          disabled={press.isPending}
          onClick={() => press.mutate(decision("resume", ""))}
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
        <AskWhy
          title={
            asking === "pause"
              ? `Send nothing to ${system.title}?`
              : `Drain ${system.title} for a maintenance?`
          }
          verb={asking === "pause" ? "Pause" : "Drain"}
          press={press}
          sends={(reason) => decision(asking, reason)}
          onClose={() => ask(null)}
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
        </AskWhy>
      )}
    </div>
  );
}

/** What is not settled: counted by kind, and the very rows that were counted. */
function Open({ name, system, history }: { name: string; system: SystemView; history: SystemHistory }) {
  const now = useNow();
  const list = useInfiniteQuery({
    queryKey: ["systems", name, "open"],
    queryFn: ({ pageParam }) =>
      get<OpenDeliveries>(
        `/systems/${encodeURIComponent(name)}/open${pageParam === null ? "" : `?after=${pageParam}`}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 5_000,
  });
  const rows = list.data?.pages.flatMap(({ deliveries }) => deliveries) ?? [];
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
      <More of={list} />
    </Section>
  );
}
