/** How one system did over time: calls, what waited, how long answers took, and its outages. Every chart has its table. */
import type { OutageView, SystemHistory, SystemView } from "../../../trace/index.ts";
import { TimeChart, useTwin } from "../charts.tsx";
import { absolute, count, many, span } from "../format.ts";
import { Section } from "../parts.tsx";

export function OverTime({
  system,
  history,
  asOf,
}: {
  system: SystemView;
  history: SystemHistory;
  asOf: string;
}) {
  return (
    <div className="columns">
      <Calls history={history} />
      <Queue history={history} />
      <AnswerTimes history={history} system={system} />
      <Outages outages={history.outages} asOf={asOf} />
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
/** From a Monday on, as the browser's language shortens them. */
const WEEKDAYS = Array.from({ length: 7 }, (_, day) =>
  new Date(2026, 0, 5 + day).toLocaleDateString(undefined, { weekday: "short" }),
);

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
  // Monday is the first row, so that a weekday is a row and a week a column.
  const firstRow = ((days[0]!.from.getDay() + 6) % 7) + 1;
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
            {WEEKDAYS.map((name, index) => (
              <span key={name} className="weekday" style={{ gridRow: index + 1 }}>
                {index % 2 === 0 ? name : ""}
              </span>
            ))}
            {days.map(({ from, ms }, index) => (
              <span
                key={from.getTime()}
                style={index === 0 ? { gridRow: firstRow, gridColumn: 2 } : undefined}
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

const whole = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(1));
const lasting = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
