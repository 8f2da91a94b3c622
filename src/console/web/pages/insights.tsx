/** How the business went: what entered and was completed, where time was spent, what stopped documents. Each chart has its table. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Insights, ProcessInsight } from "../../../trace/index.ts";
import { get } from "../api.ts";
import { type Series, TimeChart, useTwin } from "../charts.tsx";
import { capital, count, many, span } from "../format.ts";
import { Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { useSpans } from "../span-of-time.tsx";
import { SavingsSection } from "./savings.tsx";
import { TimeSpent } from "./time-spent.tsx";

const SPANS = [
  ["6", "6 hours"],
  ["24", "24 hours"],
  ["168", "7 days"],
  ["720", "30 days"],
] as const;

/** The same spans as the command line names them. */
const OVER: Readonly<Record<(typeof SPANS)[number][0], string>> = {
  "6": "6h",
  "24": "24h",
  "168": "7d",
  "720": "30d",
};

const TONES: Readonly<Record<string, Series["tone"]>> = {
  temporary: "muted",
  data: "accent",
  "business hold": "hold",
  "unclear outcome": "bad",
  "contract change": "again",
  access: "waiting",
  "duplicate or conflict": "ok",
  defect: "bad",
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function InsightsPage() {
  const [hours, spans] = useSpans({ param: "hours", spans: SPANS, usual: "24", legend: "Time shown" });
  const { data, error, refetch } = useRead({
    queryKey: ["insights", hours],
    queryFn: () => get<Insights>(`/insights?hours=${hours}`),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const lively = data?.processes.filter(({ entered, completed }) => sum(entered) + sum(completed) > 0) ?? [];
  return (
    <div className="page">
      <h1>Insights</h1>
      {spans}
      {error && !data && <Failed error={error} what="the insights" again={refetch} />}
      {!data && !error && <Loading label="the insights" rows={8} />}
      {data && lively.length === 0 && (
        <div className="card">
          <Empty>No document entered or left a process in this time.</Empty>
        </div>
      )}
      {data && lively.map((process) => <OneProcess key={process.name} process={process} at={data.at} />)}
      {data && <Exceptions insights={data} entered={sum(lively.map(({ entered }) => sum(entered)))} />}
      {data && <SavingsSection hours={hours} />}
      <Hint command={`xd insights --over ${OVER[hours]}`} />
      <Hint command={`xd savings --over ${OVER[hours]}`} />
    </div>
  );
}

function OneProcess({ process, at }: { process: ProcessInsight; at: readonly string[] }) {
  const [table, twin] = useTwin();
  const [entered, completed, givenUp] = [sum(process.entered), sum(process.completed), sum(process.givenUp)];
  const touchless =
    entered === 0 ? null : Math.max(0, Math.round((100 * (entered - process.asked)) / entered));
  return (
    <div className="columns">
      <Section title={`${process.title}: through it`} aside={twin}>
        <p className="muted">
          {count(entered)} entered, {count(completed)} completed
          {givenUp > 0 ? `, ${count(givenUp)} given up` : ""}.
          {touchless === null
            ? ""
            : process.asked === 0
              ? " Nobody was asked about any of them."
              : ` People were asked ${process.asked === 1 ? "once" : many(process.asked, "time")}: at least ${touchless} of 100 went without a question.`}{" "}
          <Link href={`/processes/${encodeURIComponent(process.name)}`}>As it really runs</Link>
        </p>
        <TimeChart
          title={`${process.title} over time`}
          at={at}
          kind="lines"
          format={(value) => (Number.isInteger(value) ? count(value) : value.toFixed(1))}
          table={table}
          series={[
            { name: "entered", tone: "accent", values: process.entered },
            { name: "completed", tone: "ok", values: process.completed },
            { name: "given up", tone: "bad", values: process.givenUp },
          ]}
        />
      </Section>
      <TimeSpent stays={process.stays} />
    </div>
  );
}

function Exceptions({ insights, entered }: { insights: Insights; entered: number }) {
  const [table, twin] = useTwin();
  const { opened, closed, fixedWithinMs, exceptions, at } = insights;
  return (
    <Section title="What stopped documents" aside={twin}>
      <p className="muted">
        {many(opened, "exception")} that need a person
        {entered > 0 ? ` (${((1_000 * opened) / entered).toFixed(1)} of 1,000 documents)` : ""},{" "}
        {count(closed)} of them closed
        {fixedWithinMs === null
          ? ""
          : `, half within ${fixedWithinMs < 1_000 ? "a second" : span(fixedWithinMs)}`}
        . <Link href="/exceptions">Open the inbox</Link>
      </p>
      <TimeChart
        title="Exceptions opened over time, by class"
        at={at}
        kind="bars"
        format={(value) => (Number.isInteger(value) ? count(value) : value.toFixed(1))}
        table={table}
        series={exceptions.map(({ class: of, opened: values }) => ({
          name: capital(of),
          tone: TONES[of] ?? "muted",
          values,
        }))}
      />
    </Section>
  );
}
