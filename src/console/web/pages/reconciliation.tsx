/**
 * Do we agree: every kind of business thing that is compared, the matrix of one with exact counts, what contradicts; and whether
 * everything accepted is accounted for.
 */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { AgreementLine, ComparisonLine } from "../../../trace/agreement.ts";
import { AskWhy } from "../actions.tsx";
import { get, usePress } from "../api.ts";
import { capital, count, many, span, spanned } from "../format.ts";
import { Ago, Amount, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { Account } from "./account.tsx";
import { Contradictions } from "./contradictions.tsx";
import { Cutovers } from "./cutovers.tsx";

interface Agreements {
  readonly agreements: readonly AgreementLine[];
  readonly comparisons: readonly ComparisonLine[];
  readonly mayCompare: boolean;
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
  const [query] = useQuery();
  const all = data?.agreements ?? [];
  // Without a choice: where something contradicts.
  const chosen =
    all.find(({ name }) => name === query.get("about")) ?? all.find(({ differ }) => differ > 0) ?? all[0];
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
      {all.length > 1 && <Kinds all={all} chosen={chosen?.name ?? ""} />}
      {data && chosen && (
        <>
          <Matrix
            agreement={chosen}
            mayCompare={data.mayCompare}
            running={data.comparisons.find(({ kind, endedAt }) => kind === chosen.name && endedAt === null)}
          />
          <Contradictions key={chosen.name} agreement={chosen} />
        </>
      )}
      <Account />
      <Cutovers />
      {data && (
        <p className="as-of">
          As of <Ago at={data.asOf} />. Every document under watch is counted in exactly one column.
        </p>
      )}
      <Hint command={chosen && all.length > 1 ? `xd agree show ${chosen.name}` : "xd agree"} />
    </div>
  );
}

/** Everything that is compared, one line a kind; what is chosen stands below. */
function Kinds({ all, chosen }: { all: readonly AgreementLine[]; chosen: string }) {
  const [, set] = useQuery();
  return (
    <Section title="What is compared">
      <div className="scroll">
        <table>
          <caption className="sr">Every kind of business thing, and where its systems stand</caption>
          <thead>
            <tr>
              <th scope="col">About</th>
              {["Agree", "Not looked at yet", "Settling", "Cannot tell", "Contradict", "At risk"].map(
                (head) => (
                  <th key={head} scope="col" className="right">
                    {head}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {all.map(({ name, title, agree, unseen, settling, cannotTell, differ, money }) => (
              <tr key={name}>
                <th scope="row">
                  <button
                    type="button"
                    className="button quiet"
                    aria-pressed={name === chosen}
                    onClick={() =>
                      set((before) => {
                        before.set("about", name);
                        before.delete("milestone");
                        return before;
                      })
                    }
                  >
                    {title}
                  </button>
                </th>
                {Object.entries({ agree, unseen, settling, cannotTell }).map(([stand, documents]) => (
                  <td key={stand} className="right">
                    {count(documents)}
                  </td>
                ))}
                <td className="right">
                  {differ > 0 ? <Word word="needs a decision" text={count(differ)} /> : "0"}
                </td>
                <td className="right">
                  {money.map((sum) => (
                    <Amount key={sum.currency} value={sum} />
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** The four stands with the words of the status table. */
const STANDS = [
  ["agree", "done", "Agree", "all who must agree say the same"],
  ["settling", "moving", "Settling", "they differ, and the news is younger than its grace or on its way"],
  ["cannotTell", "replaced", "Cannot tell", "somebody who must agree has not answered"],
  ["differ", "needs a decision", "Contradict", "they differ longer than the grace allows"],
] as const;

function Matrix({
  agreement,
  mayCompare,
  running,
}: {
  agreement: AgreementLine;
  mayCompare: boolean;
  running: ComparisonLine | undefined;
}) {
  const [query, set] = useQuery();
  const chosen = query.get("milestone");
  const { last, behindSeconds } = agreement;
  return (
    <Section
      title={agreement.title}
      aside={mayCompare && <CompareButton agreement={agreement} busy={running !== undefined} />}
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
                <td className="right nowrap">{spanned(grace)}</td>
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
  return (
    <>
      <button type="button" className="button" disabled={busy || press.isPending} onClick={() => ask(true)}>
        {busy ? "Comparing…" : "Compare now…"}
      </button>
      {asking && (
        <AskWhy
          title={`Ask every system about every one of the ${agreement.title.toLowerCase()}?`}
          verb="Compare"
          press={press}
          sends={(reason) => ({ act: "compare", kind: agreement.name, reason })}
          onClose={() => ask(false)}
        >
          <p>
            Questions change nothing. What is inside its grace or on its way is counted as settling, not as a
            contradiction.
          </p>
        </AskWhy>
      )}
    </>
  );
}

/** On the first page: one line for each kind of document of which any are under watch; of nothing it is not said that it agrees. */
export function DoWeAgree() {
  const { data } = useAgreements();
  if (!data || data.agreements.length === 0) return null;
  const watched = data.agreements.filter(
    ({ agree, differ, cannotTell, settling, unseen }) => agree + differ + cannotTell + settling + unseen > 0,
  );
  return (
    <Section title="Do we agree?" aside={<Link href="/reconciliation">Reconciliation</Link>}>
      {watched.length === 0 && <p className="muted">There is nothing to compare yet.</p>}
      <ul className="agree">
        {watched.map(({ name, title, agree, differ, cannotTell, settling, unseen, money }) => (
          <li key={name}>
            <Word
              word={differ > 0 ? "needs a decision" : cannotTell > 0 ? "replaced" : "done"}
              text={title}
            />
            <span>
              {differ === 0 ? "no contradiction" : many(differ, "contradiction")}, {count(agree)} agree
              {settling > 0 && `, ${count(settling)} settling`}
              {cannotTell > 0 && `, ${count(cannotTell)} cannot tell`}
              {unseen > 0 && `, ${count(unseen)} not looked at yet`}
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
