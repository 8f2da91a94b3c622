/** Do we agree: the matrix with exact counts, what contradicts, who says what since when, and the button that mends it. */
import { keepPreviousData, useInfiniteQuery, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Mending } from "../../../runtime/dock.ts";
import type { AgreementLine, ComparisonLine, Contradiction, FindingView } from "../../../trace/agreement.ts";
import { Ask, Why } from "../actions.tsx";
import { get, useMay, usePress } from "../api.ts";
import { capital, count, many, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Ago, Amount, DocumentLink, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { useQuery } from "../query.ts";

interface Agreements {
  readonly agreements: readonly AgreementLine[];
  readonly comparisons: readonly ComparisonLine[];
  readonly asOf: string;
}

export const useAgreements = () =>
  useRead({
    queryKey: ["agreements"],
    queryFn: () => get<Agreements>("/agreements"),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });

export function ReconciliationPage() {
  const { data, error, refetch } = useAgreements();
  return (
    <div className="page">
      <h1>Reconciliation</h1>
      {error && !data && <Failed error={error} what="what is agreed" again={refetch} />}
      {!data && !error && <Loading label="what is agreed" rows={8} />}
      {data?.agreements.length === 0 && (
        <div className="card">
          <Empty>
            Nothing is declared that systems must agree about. A solution brings its agreements; those of
            distribution compare every order with ERP, warehouse, CRM, shop, tax engine and ledger.
          </Empty>
        </div>
      )}
      {data?.agreements.map((agreement) => (
        <Matrix
          key={agreement.name}
          agreement={agreement}
          running={data.comparisons.find(({ kind, endedAt }) => kind === agreement.name && endedAt === null)}
        />
      ))}
      {data?.agreements.map((agreement) => (
        <Contradictions key={agreement.name} agreement={agreement} />
      ))}
      {data && (
        <p className="as-of">
          As of <Ago at={data.asOf} />. Every document under watch is counted in exactly one column.
        </p>
      )}
      <Hint command="xd agree" />
    </div>
  );
}

/** The four stands with the words of the status table. */
const STANDS = [
  ["agree", "done", "Agree", "all who must agree say the same"],
  ["settling", "moving", "Settling", "they differ, and the news is younger than its grace or on its way"],
  ["cannotTell", "replaced", "Cannot tell", "somebody who must agree has not answered"],
  ["differ", "needs a decision", "Contradict", "they differ longer than the grace allows"],
] as const;

function Matrix({ agreement, running }: { agreement: AgreementLine; running: ComparisonLine | undefined }) {
  const may = useMay();
  const [query, set] = useQuery();
  const chosen = query.get("milestone");
  const { last, behindSeconds } = agreement;
  return (
    <Section
      title={agreement.title}
      aside={may("try again") && <CompareButton agreement={agreement} busy={running !== undefined} />}
    >
      <dl className="counts">
        {STANDS.map(([key, word, text, title]) => (
          <div key={key} title={title}>
            <dt>
              <Word word={word} text={text} />
            </dt>
            <dd>{count(agreement[key])}</dd>
          </div>
        ))}
        {agreement.unseen > 0 && (
          <div title="their systems still have time to be told">
            <dt>
              <Word word="waiting" text="Not looked at yet" />
            </dt>
            <dd>{count(agreement.unseen)}</dd>
          </div>
        )}
      </dl>
      <p className="cause-facts">
        {agreement.money.map((sum) => (
          <span key={sum.currency}>
            at risk <Amount value={sum} />
          </span>
        ))}
        <span>owner {agreement.owner}</span>
        {behindSeconds > 60 && <span>looks are {span(behindSeconds * 1_000)} behind</span>}
        {running ? (
          <span role="status">
            Comparing{running.documents === null ? "…" : ` ${many(running.documents, "document")}, `}
            {running.documents !== null &&
              `${count(running.agreed + running.settling + running.untold + running.differing)} done`}
          </span>
        ) : (
          last?.endedAt && (
            <span>
              compared by {last.by} <Ago at={last.endedAt} />: {count(last.agreed)} agreed,{" "}
              {count(last.differing)} contradicted
            </span>
          )
        )}
      </p>
      <div className="scroll">
        <table>
          <caption className="sr">What must be agreed about {agreement.title.toLowerCase()}</caption>
          <thead>
            <tr>
              <th scope="col">Milestone</th>
              <th scope="col">Who must agree</th>
              <th scope="col" className="right">
                Within
              </th>
              <th scope="col" className="right">
                Contradict
              </th>
            </tr>
          </thead>
          <tbody>
            {agreement.milestones.map(({ name, systems, grace, differ }) => (
              <tr key={name}>
                <th scope="row">{capital(name)}</th>
                <td>
                  {systems.map(({ title, asked }) => (asked ? title : `${title} (not asked)`)).join(", ")}
                </td>
                <td className="right nowrap">{grace}</td>
                <td className="right">
                  {differ === 0 ? (
                    "0"
                  ) : (
                    <button
                      type="button"
                      className="button quiet"
                      aria-pressed={chosen === name}
                      onClick={() =>
                        set((before) => {
                          if (chosen === name) before.delete("milestone");
                          else before.set("milestone", name);
                          return before;
                        })
                      }
                    >
                      {count(differ)}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {agreement.forbidden.length > 0 && (
        <details className="temporary">
          <summary>
            Never, checked as every report is taken:{" "}
            {agreement.forbidden.every(({ open }) => open === 0)
              ? "none stands open"
              : `${count(agreement.forbidden.reduce((sum, { open }) => sum + open, 0))} open under Exceptions`}
          </summary>
          <ul>
            {agreement.forbidden.map(({ title, open }) => (
              <li key={title}>
                {title} {open > 0 ? <strong>{count(open)}</strong> : <span className="muted">none</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

function CompareButton({ agreement, busy }: { agreement: AgreementLine; busy: boolean }) {
  const press = usePress();
  const [asking, ask] = useState(false);
  const [reason, setReason] = useState("");
  return (
    <>
      <button type="button" className="button" disabled={busy || press.isPending} onClick={() => ask(true)}>
        {busy ? "Comparing…" : "Compare now…"}
      </button>
      {asking && (
        <Ask
          title={`Ask every system about every one of the ${agreement.title.toLowerCase()}?`}
          onClose={() => ask(false)}
          onSubmit={() =>
            press.mutate({ act: "compare", kind: agreement.name, reason }, { onSuccess: () => ask(false) })
          }
          busy={press.isPending}
          submit={
            <button
              type="submit"
              className="button primary"
              disabled={press.isPending || reason.trim() === ""}
            >
              Compare
            </button>
          }
        >
          <p>
            Questions change nothing. What is inside its grace or on its way is counted as settling, not as a
            contradiction.
          </p>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
    </>
  );
}

function Contradictions({ agreement }: { agreement: AgreementLine }) {
  const [query, set] = useQuery();
  const milestone = query.get("milestone");
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["agreements", agreement.name, milestone],
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams();
      if (milestone) asked.set("milestone", milestone);
      if (pageParam) asked.set("after", pageParam);
      return get<{ contradictions: readonly Contradiction[]; next: string | null }>(
        `/agreements/${encodeURIComponent(agreement.name)}/contradictions?${asked}`,
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 5_000,
  });
  const all = data?.pages.flatMap(({ contradictions }) => contradictions) ?? [];
  if (agreement.differ === 0 && all.length === 0)
    return (
      <Section title={`${agreement.title} that contradict`}>
        <Empty>
          No system contradicts another. What differs longer than its grace appears here, with the message
          most likely missing and what mends it.
        </Empty>
      </Section>
    );
  return (
    <Section
      title={`${agreement.title} that contradict (${count(agreement.differ)})`}
      aside={
        milestone && (
          <button
            type="button"
            className="button quiet"
            onClick={() =>
              set((before) => {
                before.delete("milestone");
                return before;
              })
            }
          >
            Only {milestone} ✕
          </button>
        )
      }
    >
      {error && !data && <Failed error={error} what="the contradictions" again={refetch} />}
      {!data && !error && <Loading label="the contradictions" />}
      <ul className="items">
        {all.map((one) => (
          <li key={one.subject}>
            <div className="needs-text">
              <p>
                {one.document ? <DocumentLink line={one.document} /> : <code>{one.subject}</code>}{" "}
                <Amount value={one.worth} />
                {one.lookedAt && (
                  <span className="muted">
                    {" "}
                    systems asked <Ago at={one.lookedAt} />
                  </span>
                )}
              </p>
              {one.findings
                .filter(({ stand }) => stand === "differ")
                .map((finding) => (
                  <Finding key={finding.milestone} subject={one.subject} finding={finding} />
                ))}
            </div>
          </li>
        ))}
      </ul>
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

/** What each opinion reads as. */
const SAYS = { reached: "says yes", "not reached": "says no", "cannot tell": "cannot tell" } as const;

function Finding({ subject, finding }: { subject: string; finding: FindingView }) {
  const now = useNow();
  const { milestone, words, figures, remedy, since, accepted } = finding;
  return (
    <div className="finding">
      <h3>
        {capital(milestone)}
        {since && <span className="muted"> for {span(now - Date.parse(since))}</span>}
      </h3>
      <table>
        <caption className="sr">Who says what about {milestone}</caption>
        <thead>
          <tr>
            <th scope="col">System</th>
            <th scope="col">{capital(milestone)}</th>
            {figures.map(({ name }) => (
              <th scope="col" key={name} className="right">
                {capital(name)}
              </th>
            ))}
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {words.map(({ system, title, opinion, at, because, asked, figures: held }) => (
            <tr key={system}>
              <th scope="row">{title}</th>
              <td>{because ?? (opinion === "cannot tell" && held ? "keeps figures" : SAYS[opinion])}</td>
              {figures.map(({ name }) => (
                <td key={name} className="right">
                  {held?.[name] ?? "–"}
                </td>
              ))}
              <td>
                {at ? (
                  <>
                    {asked ? "asked " : ""}
                    <Ago at={at} />
                  </>
                ) : (
                  "–"
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {remedy && (
        <p className="advice">
          {remedy.missing && <>Most likely missing: {remedy.missing}. </>}
          {remedy.advice}
        </p>
      )}
      {remedy?.explained && <p className="muted">{remedy.explained.because} It is shown there, not twice.</p>}
      {accepted !== null ? (
        <p className="muted">Accepted as it is: {accepted}</p>
      ) : (
        <Buttons subject={subject} finding={finding} />
      )}
    </div>
  );
}

/** Each act with the right it asks for, and its label. */
const ACTS: Readonly<Record<Mending, { may: Parameters<ReturnType<typeof useMay>>[0]; label: string }>> = {
  "send again": { may: "replay", label: "Send again" },
  "send as new": { may: "replay as new", label: "Send as new" },
  "try again": { may: "try again", label: "Try again" },
  "take its report": { may: "decide", label: "Take its report" },
  "ask again": { may: "try again", label: "Ask again" },
  accept: { may: "decide", label: "Accept as it is" },
};

function Buttons({ subject, finding: { milestone, remedy } }: { subject: string; finding: FindingView }) {
  const may = useMay();
  const press = usePress();
  const [asking, ask] = useState<Mending | null>(null);
  const [reason, setReason] = useState("");
  const first = remedy && remedy.act in ACTS && remedy.explained === null ? (remedy.act as Mending) : null;
  const acts = ([first, "ask again", "accept"] as const).filter(
    (act): act is Mending => act !== null && may(ACTS[act].may),
  );
  return (
    <div className="buttons">
      {acts.map((act) => (
        <button
          key={act}
          type="button"
          className={act === first ? "button primary" : "button"}
          disabled={press.isPending}
          onClick={() => ask(act)}
        >
          {ACTS[act].label}…
        </button>
      ))}
      {asking && (
        <Ask
          title={`${ACTS[asking].label}?`}
          onClose={() => ask(null)}
          onSubmit={() =>
            press.mutate(
              { act: "mend", subject, milestone, how: asking, reason },
              { onSuccess: () => ask(null) },
            )
          }
          busy={press.isPending}
          submit={
            <button
              type="submit"
              className="button primary"
              disabled={press.isPending || reason.trim() === ""}
            >
              {ACTS[asking].label}
            </button>
          }
        >
          <p>
            {asking === first
              ? remedy?.advice
              : asking === "accept"
                ? "What is shown is closed with your reason. The systems go on differing, and it is shown again when that changes."
                : "Every system is asked what it holds now. Questions change nothing."}
          </p>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
    </div>
  );
}

/** On the first page: one line an agreement. */
export function DoWeAgree() {
  const { data } = useAgreements();
  if (!data || data.agreements.length === 0) return null;
  return (
    <Section title="Do we agree?" aside={<Link href="/reconciliation">Reconciliation</Link>}>
      <ul className="agree">
        {data.agreements.map(({ name, title, agree, differ, cannotTell, settling, money }) => (
          <li key={name}>
            <Word
              word={differ > 0 ? "needs a decision" : cannotTell > 0 ? "replaced" : "done"}
              text={title}
            />
            <span>
              {differ === 0 ? "no contradiction" : many(differ, "contradiction")}, {count(agree)} agree
              {settling > 0 && `, ${count(settling)} settling`}
              {cannotTell > 0 && `, ${count(cannotTell)} cannot tell`}
            </span>
            {money.map((sum) => (
              <Amount key={sum.currency} value={sum} />
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}
