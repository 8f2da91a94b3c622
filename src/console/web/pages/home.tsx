/** One glance: is the business in step, where do documents stand, which systems answer, what needs someone. */
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import type { SystemView } from "../../../trace/index.ts";
import { type Home, useHome } from "../api.ts";
import { count, many, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Ago, Amount, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { SpanButtons, useSpan } from "../span-of-time.tsx";
import { useStill } from "../still.tsx";
import { Scoreboard, Stories, useDemonstration } from "./demonstration.tsx";
import { DocumentTable } from "./document-table.tsx";
import { FunnelCard, FunnelLines, isBusy } from "./funnels.tsx";

/** These come with their pages, so that the shell stays light. */
const CloseReadiness = lazy(async () => ({ default: (await import("./periods.tsx")).CloseReadiness }));
const DoWeAgree = lazy(async () => ({ default: (await import("./reconciliation.tsx")).DoWeAgree }));

export function HomePage() {
  const time = useSpan();
  const { data: demonstration } = useDemonstration();
  const { data, error, refetch } = useHome(time.query);
  if (error && !data)
    return (
      <Page>
        <Failed error={error} what="the first page" again={refetch} />
      </Page>
    );
  if (!data)
    return (
      <Page>
        <Loading label="the first page" rows={8} />
      </Page>
    );
  const { step, funnels, systems, needs, causes, money, recent, asOf } = data;
  const busy = funnels.filter(isBusy);
  const [first, ...others] = busy;
  return (
    <Page>
      <section
        className={`sentence sentence-${step.answer.replaceAll(" ", "-")}`}
        aria-label="Is the business in step?"
      >
        <span className="sentence-icon" aria-hidden="true">
          {{ "in step": "✓", mostly: "≈", "out of step": "!", "cannot tell": "?" }[step.answer]}
        </span>
        <p role="status">{step.sentence}</p>
        {needs.documents > 0 && (
          <Link href="/exceptions" className="button primary">
            See {needs.causes + (needs.questions > 0 ? 1 : 0) > 1 ? "the causes" : "why"}
          </Link>
        )}
      </section>
      {demonstration?.available && <Scoreboard />}
      {funnels.length > 0 && <SpanButtons />}
      {funnels.length === 0 && (
        <Section title="Milestones">
          <Empty>
            No process is installed, so there is no funnel. Facts that arrive still appear under Documents.
          </Empty>
        </Section>
      )}
      {first && <FunnelCard funnel={first} />}
      {others.length > 0 && <FunnelLines title="Also under way" funnels={others} />}
      {busy.length < funnels.length && (
        <p className="muted">
          {busy.length === 0 ? "Nothing is under way" : "Nothing else is under way"} in this time.{" "}
          <Link href="/processes">All {count(funnels.length)} processes</Link>
        </p>
      )}
      <div className="two">
        <Systems systems={systems} />
        <NeedsSomeone needs={needs} causes={causes} money={money} />
      </div>
      <Suspense fallback={null}>
        <DoWeAgree />
        <CloseReadiness />
      </Suspense>
      <Section title="Latest documents" aside={<Link href="/documents">All documents</Link>}>
        {recent.length === 0 ? (
          <Empty>
            Nothing has arrived yet. Drop an order into the partner's mailbox folder or post one to the
            gateway; it appears here within a second.
          </Empty>
        ) : (
          <Recent documents={recent} />
        )}
      </Section>
      {demonstration?.available && <Stories stories={demonstration.stories} short />}
      <p className="as-of">
        As of <Ago at={asOf} />. Counts are kept with every change, not estimated.
      </p>
      <Hint command="xd status" />
    </Page>
  );
}

function Page({ children }: { children: React.ReactNode }) {
  return (
    <div className="page">
      <h1 className="sr">Home</h1>
      {children}
    </div>
  );
}

/** The latest documents, which keep their places under whoever is about to open one. */
function Recent({ documents }: { documents: Home["recent"] }) {
  const still = useStill(documents, ({ correlation }) => correlation, true);
  return (
    <div {...still.box}>
      <DocumentTable documents={still.shown} caption="Documents by the last thing that happened to them" />
    </div>
  );
}

/** How a system's state reads: with the words of the status table. */
export const SYSTEM_STATE = {
  ok: { word: "done", text: "Answers" },
  slow: { word: "trying again", text: "Slow" },
  down: { word: "waiting", text: "Not answering" },
  trying: { word: "trying again", text: "Coming back" },
  unknown: { word: "replaced", text: "No calls yet" },
  paused: { word: "on hold", text: "Paused" },
} as const;

/** Systems listed before the rest has to be asked for: those in trouble or with something waiting come first. */
const SYSTEMS_SHOWN = 7;

function Systems({ systems }: { systems: readonly SystemView[] }) {
  const now = useNow();
  const [all, showAll] = useState(false);
  const still = useStill(all ? systems : systems.slice(0, SYSTEMS_SHOWN), ({ name }) => name, true);
  return (
    <Section
      title="Systems"
      aside={
        systems.length > SYSTEMS_SHOWN && (
          <button type="button" className="button quiet" aria-expanded={all} onClick={() => showAll(!all)}>
            {all ? "Show fewer" : `Show all ${systems.length}`}
          </button>
        )
      }
    >
      {systems.length === 0 ? (
        <Empty>No system is connected.</Empty>
      ) : (
        <div className="scroll" {...still.box}>
          <table className="systems">
            <caption className="sr">Systems, what waits for them and whether they answer</caption>
            <thead>
              <tr>
                <th scope="col">System</th>
                <th scope="col">State</th>
                <th scope="col" className="right">
                  Waiting
                </th>
                <th scope="col" className="right">
                  Oldest
                </th>
                <th scope="col" className="right">
                  Answers in
                </th>
              </tr>
            </thead>
            <tbody>
              {still.shown.map((system) => {
                const { word, text } = SYSTEM_STATE[system.state];
                const aside = [
                  system.parked > 0 ? `${count(system.parked)} set aside` : "",
                  system.held > 0 ? `${count(system.held)} on hold` : "",
                  system.inDoubt > 0 ? `${count(system.inDoubt)} unclear` : "",
                ].filter(Boolean);
                return (
                  <tr key={system.name}>
                    <th scope="row">
                      <Link href={`/systems/${encodeURIComponent(system.name)}`}>{system.title}</Link>
                      <small>{aside.length > 0 ? aside.join(", ") : system.owner}</small>
                    </th>
                    <td>
                      {system.state === "unknown" ? (
                        <span className="muted" title="Nothing was sent to it since this worker started">
                          {text}
                        </span>
                      ) : (
                        <Word word={word} text={text} title={system.because ?? text} />
                      )}
                      {system.because && <small>{system.because}</small>}
                    </td>
                    <td className="right">
                      {count(system.waiting)}
                      {system.exact ? "" : "+"}
                    </td>
                    <td className="right">
                      {system.oldestAt ? span(now - Date.parse(system.oldestAt)) : "–"}
                    </td>
                    <td className="right">
                      {system.p50Ms === null ? "–" : `${Math.round(system.p50Ms)} ms`}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function NeedsSomeone({ needs, causes, money }: Pick<Home, "needs" | "causes" | "money">) {
  const now = useNow();
  const nobody = needs.documents === 0 && needs.temporary === 0;
  const still = useStill(causes, ({ fingerprint }) => fingerprint);
  return (
    <Section title="Needs someone" aside={<Link href="/exceptions">Open the inbox</Link>}>
      {nobody && (
        <Empty>
          Nobody is needed. When a system refuses a document or a rule asks a person, it appears here.
        </Empty>
      )}
      {!nobody && (
        <div className="scroll" {...still.box}>
          <table className="causes">
            <caption className="sr">Causes that stop documents</caption>
            <thead>
              <tr>
                <th scope="col">Cause</th>
                <th scope="col" className="right">
                  Documents
                </th>
                <th scope="col" className="right">
                  Oldest
                </th>
              </tr>
            </thead>
            <tbody>
              {needs.questions > 0 && (
                <tr>
                  <td>
                    <Link href="/exceptions">
                      <Word word="on hold" text="Questions to people" />
                    </Link>
                    {needs.overdue > 0 && (
                      <small>{many(needs.overdue, "question")} not answered in time</small>
                    )}
                  </td>
                  <td className="right">{count(needs.questions)}</td>
                  <td className="right">–</td>
                </tr>
              )}
              {still.shown.map((cause) => (
                <tr key={cause.fingerprint}>
                  <td>
                    <Link href={`/causes/${cause.id}`}>
                      <Word word={cause.word} text={cause.title} />
                    </Link>
                  </td>
                  <td className="right">{count(cause.documents)}</td>
                  <td className="right nowrap">{span(now - Date.parse(cause.oldestAt))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {money.sums.length > 0 && (
        <p
          className="money-waiting"
          title="The worth of every document that needs someone, each counted once, by currency."
        >
          <span className="muted">Money waiting on people</span>
          {money.sums.map((sum) => (
            <strong key={sum.currency}>
              {money.exact ? "" : "more than "}
              <Amount value={sum} />
            </strong>
          ))}
        </p>
      )}
    </Section>
  );
}
