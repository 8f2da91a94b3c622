/** What waits for a second person: exactly what was asked, what it is about, and the two buttons. */
import { useState } from "react";
import { AskWhy } from "../actions.tsx";
import { useSession } from "../api.ts";
import { capital, pageOf } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { type Approval, useApprovals, useChange } from "../people-api.ts";
import { Handed } from "./admin-people.tsx";

export function ApprovalsPage() {
  const { data, error, refetch } = useApprovals();
  const [given, give] = useState<{ title: string; link: string } | null>(null);
  const waiting = data?.approvals.filter(({ verdict }) => verdict === null) ?? [];
  const decided = data?.approvals.filter(({ verdict }) => verdict !== null) ?? [];
  return (
    <div className="page">
      <h1>Approvals</h1>
      <p className="muted">
        Some things take two people: one asks, another lets it happen. What was approved is done exactly as it
        was asked, once, or not at all when anything about it changed.
      </p>
      {error && !data && <Failed error={error} what="the approvals" again={refetch} />}
      {!data && !error && <Loading label="the approvals" />}
      {given && <Handed title={given.title} link={given.link} />}
      {data && (
        <Section title={waiting.length === 0 ? "Nothing waits" : `${waiting.length} waiting`}>
          {waiting.length === 0 ? (
            <Empty>
              Nobody waits for a second person. Giving something up, saying what became of an unclear posting,
              and new roles appear here when somebody asks.
            </Empty>
          ) : (
            waiting.map((one) => (
              <Waiting
                key={one.id}
                one={one}
                given={(link) => give({ title: "The link, for you to hand over", link })}
              />
            ))
          )}
        </Section>
      )}
      {decided.length > 0 && (
        <Section title="Decided lately">
          <div className="scroll">
            <table>
              <caption className="sr">Requests that were decided, the latest first</caption>
              <thead>
                <tr>
                  <th>Request</th>
                  <th>Asked by</th>
                  <th>Became</th>
                  <th>By</th>
                </tr>
              </thead>
              <tbody>
                {decided.map(({ id, what, askedBy, verdict, decidedBy, comment, outcome, askedAt }) => (
                  <tr key={id}>
                    <td>
                      {what}
                      {comment && <small className="muted"> “{comment}”</small>}
                    </td>
                    <td>
                      {askedBy}, <Ago at={askedAt} />
                    </td>
                    <td>
                      {capital(verdict ?? "")}
                      {outcome && outcome !== "done" && <small className="muted"> {outcome}</small>}
                    </td>
                    <td>{decidedBy ?? "nobody"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      <Hint command="xd approvals" />
    </div>
  );
}

const VERBS = { approved: "Approve", declined: "Decline", withdrawn: "Withdraw" } as const;

/** `given` gets the link that letting it happen has made. */
function Waiting({ one, given }: { one: Approval; given: (link: string) => void }) {
  const change = useChange();
  const { data: session } = useSession();
  const [asking, ask] = useState<keyof typeof VERBS | null>(null);
  return (
    <article className="needs-card needs-hold">
      <div className="needs-text">
        <h3>{one.what}</h3>
        <p>
          {one.askedBy === session?.actor ? "You ask" : `${one.askedBy} asks`}, <Ago at={one.askedAt} />
          {one.because ? `: “${one.because}”` : "."} It ends <Ago at={one.endsAt} />.{" "}
          {one.correlation && <a href={pageOf(one.correlation)}>Open the document</a>}
        </p>
        <details>
          <summary>Exactly what is approved</summary>
          <pre className="exact">{JSON.stringify({ request: one.body, about: one.state }, null, 2)}</pre>
        </details>
      </div>
      <div className="buttons">
        {one.mayDecide ? (
          <>
            <button type="button" className="button primary" onClick={() => ask("approved")}>
              Approve…
            </button>
            <button type="button" className="button" onClick={() => ask("declined")}>
              Decline…
            </button>
          </>
        ) : (
          session?.actor === one.askedBy && (
            <button type="button" className="button" onClick={() => ask("withdrawn")}>
              Withdraw…
            </button>
          )
        )}
      </div>
      {asking && (
        <AskWhy
          title={`${VERBS[asking]}: ${one.what}`}
          verb={VERBS[asking]}
          label="Comment (kept in the audit)"
          least={0}
          press={change}
          sends={(comment) => ({
            path: `/approvals/${one.id}/decide`,
            body: { verdict: asking, ...(comment ? { comment } : {}) },
            says: asking === "approved" ? "Approved and done." : `${capital(asking)}.`,
          })}
          onDone={({ link }) => link && given(link)}
          onClose={() => ask(null)}
        >
          {asking === "approved" && <p>It is done at once, in the name of {one.askedBy}, approved by you.</p>}
        </AskWhy>
      )}
    </article>
  );
}
