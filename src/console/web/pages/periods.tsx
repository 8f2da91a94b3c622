/** Closing a fiscal period: which are ready, what is in the way of one, and the decision. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Readiness } from "../../../trace/periods.ts";
import { AskWhy } from "../actions.tsx";
import { get, useMay } from "../api.ts";
import { capital, count, many, pageOf } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { useChange } from "../people-api.ts";

export const usePeriods = () =>
  useRead({
    queryKey: ["periods"],
    queryFn: () => get<{ periods: readonly Readiness[] }>("/periods"),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

/** Those one would close next: not closed yet. */
/** Whoever looks may open or close it, or not. */
type Decidable = Readiness & { readonly mayDecide: boolean };

const toClose = ({ status }: Readiness) => status !== "closed";
const addressOf = ({ ledger, first }: Readiness) => `/periods/${encodeURIComponent(ledger)}/${first}`;

function Ready({ one }: { one: Readiness }) {
  if (one.status === "closed") return <Word word="done" text="Closed" />;
  return one.ready ? (
    <Word word="on track" text="Ready to close" />
  ) : (
    <Word word="on hold" text="Not ready" title={one.because.join(" ")} />
  );
}

/** On Home: only where something is to be closed. */
export function CloseReadiness() {
  const { data } = usePeriods();
  const open = data?.periods.filter(toClose) ?? [];
  if (open.length === 0) return null;
  const blocked = open.filter(({ ready }) => !ready);
  return (
    <Section title="Close readiness" aside={<Link href="/periods">Periods</Link>}>
      <ul className="agree">
        {(blocked.length > 0 ? blocked : open).map((one) => (
          <li key={`${one.ledger} ${one.period}`}>
            <Ready one={one} />
            <span>
              <Link href={addressOf(one)}>
                {one.ledger} {one.period}
              </Link>
              {one.because.length > 0 && `: ${one.because.join(" ")}`}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What is in the way comes first: that is what one comes for. */
const blockedFirst = (periods: readonly Readiness[]): Readiness[] =>
  periods.toSorted(
    (left, right) => Number(toClose(right) && !right.ready) - Number(toClose(left) && !left.ready),
  );

export function PeriodsPage() {
  const { data, error, refetch } = usePeriods();
  return (
    <div className="page">
      <h1>Periods</h1>
      {error && !data && <Failed error={error} what="the periods" again={refetch} />}
      {!data && !error && <Loading label="the periods" rows={4} />}
      {data?.periods.length === 0 && (
        <div className="card">
          <Empty>
            No ledger has postings or periods yet. When something is posted, its ledger's period of today and
            the one before appear here.
          </Empty>
        </div>
      )}
      {data && data.periods.length > 0 && (
        <Section title="To be closed">
          <div className="scroll">
            <table>
              <caption className="sr">Fiscal periods and whether they are ready to be closed</caption>
              <thead>
                <tr>
                  <th scope="col">Ledger and period</th>
                  <th scope="col">Status</th>
                  <th scope="col">Ready</th>
                  <th scope="col" className="right">
                    In the way
                  </th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {blockedFirst(data.periods).map((one) => (
                  <tr key={`${one.ledger} ${one.period}`}>
                    <th scope="row">
                      <Link href={addressOf(one)}>
                        {one.ledger} {one.period}
                      </Link>
                      <small>
                        {one.first} to {one.last}
                      </small>
                    </th>
                    <td>{capital(one.status)}</td>
                    <td>
                      <Ready one={one} />
                    </td>
                    <td className="right">{count(one.count)}</td>
                    <td>{one.because.join(" ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      <Hint command="xd periods" />
    </div>
  );
}

/** How a posting that is in the way stands, in the words of the status table. */
const STANDS = {
  owed: { word: "moving", text: "On its way" },
  attempting: { word: "moving", text: "On the wire" },
  in_doubt: { word: "needs a check", text: "Unclear" },
  parked: { word: "needs a decision", text: "Set aside" },
  held: { word: "on hold", text: "On hold" },
} as const;

export function PeriodPage({ ledger, day }: { ledger: string; day: string }) {
  const { data, error, refetch } = useRead({
    queryKey: ["periods", ledger, day],
    queryFn: () => get<Decidable>(`/periods/${encodeURIComponent(ledger)}/${day}`),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
  return (
    <div className="page">
      <h1>
        {ledger} {data?.period ?? ""}
      </h1>
      {error && !data && <Failed error={error} what="this period" again={refetch} />}
      {!data && !error && <Loading label="this period" rows={6} />}
      {data && <Period one={data} />}
      <Hint command={`xd periods show ${ledger} --day ${day}`} />
    </div>
  );
}

function Period({ one }: { one: Decidable }) {
  return (
    <>
      <div className="card">
        <p className="cause-facts">
          <Ready one={one} />
          <span>
            {one.first} to {one.last}
          </span>
          <span>{one.status}</span>
          <span>
            as of <Ago at={one.asOf} />
          </span>
        </p>
        {one.because.map((line) => (
          <p key={line}>{line}</p>
        ))}
        <Deciding one={one} />
        {one.behind.map(({ feed }) => (
          <Delivered key={feed} feed={feed} last={one.last} />
        ))}
      </div>
      <Section title={`In the way (${count(one.count)})`}>
        {one.count === 0 ? (
          <Empty>Nothing that would be posted into it is still on its way.</Empty>
        ) : (
          <div className="scroll">
            <table>
              <caption className="sr">Postings that are in the way of closing</caption>
              <thead>
                <tr>
                  <th scope="col">Document</th>
                  <th scope="col">Posting date</th>
                  <th scope="col">Stands</th>
                  <th scope="col">For</th>
                  <th scope="col">Since</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {one.inTheWay.map(
                  ({ delivery, correlation, date, status, title, systemTitle, since, reason }) => (
                    <tr key={delivery}>
                      <th scope="row">
                        <Link href={pageOf(correlation)} className="nowrap">
                          {correlation.slice(correlation.indexOf("/") + 1)}
                        </Link>
                      </th>
                      <td className="nowrap">{date}</td>
                      <td>
                        <Word {...STANDS[status]} />
                      </td>
                      <td>
                        {title}, {systemTitle}
                      </td>
                      <td>
                        <Ago at={since} />
                      </td>
                      <td>{reason}</td>
                    </tr>
                  ),
                )}
              </tbody>
            </table>
          </div>
        )}
        {one.count > one.inTheWay.length && (
          <p className="muted">The oldest {count(one.inTheWay.length)} are listed.</p>
        )}
      </Section>
      {one.unreconciled.length > 0 && (
        <Section title="Not agreed">
          <div className="scroll">
            <table>
              <caption className="sr">What the systems do not agree about, by what is compared</caption>
              <thead>
                <tr>
                  <th scope="col">Compared</th>
                  <th scope="col" className="right">
                    Contradict
                  </th>
                  <th scope="col" className="right">
                    Cannot be told
                  </th>
                  <th scope="col" className="right">
                    Settling
                  </th>
                  <th scope="col" className="right">
                    To be compared
                  </th>
                </tr>
              </thead>
              <tbody>
                {one.unreconciled.map(({ agreement, title, differ, cannotTell, settling, unseen, never }) => (
                  <tr key={agreement}>
                    <th scope="row">
                      <Link href={`/reconciliation?about=${encodeURIComponent(agreement)}`}>{title}</Link>
                    </th>
                    <td className="right">{count(differ)}</td>
                    <td className="right">{count(cannotTell)}</td>
                    <td className="right">{count(settling)}</td>
                    <td className="right">{never ? "all" : count(unseen)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      <Section title="Not looked at here">
        <ul>
          {one.notChecked.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Section>
    </>
  );
}

const DECISIONS = {
  "soft-closed": { button: "Announce…", title: "Announce that it closes soon", does: "Postings still go." },
  closed: { button: "Close…", title: "Close", does: "From now on nothing is posted into it." },
  open: { button: "Open…", title: "Open", does: "What is on hold for it is let go." },
} as const;

function Deciding({ one }: { one: Decidable }) {
  const press = useChange();
  const [asking, ask] = useState<keyof typeof DECISIONS | null>(null);
  if (!one.mayDecide) return null;
  const choices = (Object.keys(DECISIONS) as (keyof typeof DECISIONS)[]).filter(
    (status) => status !== one.status && !(status === "soft-closed" && one.status === "closed"),
  );
  return (
    <div className="buttons">
      {choices.map((status) => (
        <button
          key={status}
          type="button"
          className={status === "closed" && one.ready ? "button primary" : "button"}
          onClick={() => ask(status)}
        >
          {DECISIONS[status].button}
        </button>
      ))}
      {asking !== null && (
        <AskWhy
          title={`${DECISIONS[asking].title}: ${one.ledger} ${one.period}?`}
          verb={DECISIONS[asking].button.replace("…", "")}
          danger={asking === "closed"}
          press={press}
          sends={(reason) => ({
            path: `/periods/${encodeURIComponent(one.ledger)}/${encodeURIComponent(one.period)}`,
            body: { status: asking, reason },
            says: `${one.ledger} ${one.period} is ${asking}.`,
          })}
          onClose={() => ask(null)}
        >
          <p>
            {DECISIONS[asking].does}
            {asking === "closed" && one.count > 0 && ` ${many(one.count, "posting")} would be held.`}
          </p>
        </AskWhy>
      )}
    </div>
  );
}

/** Somebody's word for a feed that does not say itself how far it has delivered. */
function Delivered({ feed, last }: { feed: string; last: string }) {
  const press = useChange();
  const may = useMay();
  const [asking, ask] = useState(false);
  const [through, choose] = useState(last);
  if (!may("release period", "everywhere")) return null;
  return (
    <div className="buttons">
      <button type="button" className="button" onClick={() => ask(true)}>
        {feed} has delivered…
      </button>
      {asking && (
        <AskWhy
          title={`How far has ${feed} delivered everything?`}
          verb="Say so"
          ready={through !== ""}
          press={press}
          sends={(reason) => ({
            path: `/feeds/${encodeURIComponent(feed)}`,
            body: { through, reason },
            says: `${feed} has delivered everything up to ${through}.`,
          })}
          onClose={() => ask(false)}
        >
          <label className="field">
            The last day it has delivered whole
            <input type="date" value={through} onChange={(event) => choose(event.target.value)} />
          </label>
        </AskWhy>
      )}
    </div>
  );
}
