/** One cause of exceptions: what it stops, what leads out of it, doing it to all of them with one tried first, and who has it. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { CauseDetail } from "../../../trace/causes.ts";
import { AskWhy } from "../actions.tsx";
import { get, Problem, useMay, useSession } from "../api.ts";
import { amountsIn, asHeading, capital, count, many, span } from "../format.ts";
import {
  Ago,
  Amount,
  DocumentLink,
  Empty,
  Failed,
  Hint,
  Loading,
  Section,
  Subject,
  SubjectLink,
  Word,
} from "../parts.tsx";
import { useChange } from "../people-api.ts";
import { useQuery } from "../query.ts";
import { Acts, aboutOf, Bulk } from "./bulk.tsx";

const useCause = (id: string) =>
  useRead({
    queryKey: ["cause", id],
    queryFn: () => get<CauseDetail & { readonly mayTend: boolean }>(`/causes/${encodeURIComponent(id)}`),
    placeholderData: keepPreviousData,
    // What is over stays over until somebody looks again.
    refetchInterval: ({ state: { error } }) =>
      error instanceof Problem && error.status === 404 ? false : 3_000,
    retry: (tries, error) => !(error instanceof Problem && error.status === 404) && tries < 1,
  });

export function CausePage({ id }: { id: string }) {
  const { data, error, refetch } = useCause(id);
  const [query] = useQuery();
  const chosen = query.get("bulk");
  const gone = error instanceof Problem && error.status === 404;
  return (
    <div className="page">
      <h1>{data ? asHeading(data.group.title) : id}</h1>
      {gone && (
        <div className="card">
          <Empty>
            Nothing is open of this cause any more. <Link href="/exceptions">All exceptions</Link>
          </Empty>
        </div>
      )}
      {error && !gone && !data && <Failed error={error} what="this cause" again={refetch} />}
      {!data && !error && <Loading label="this cause" rows={6} />}
      {data && !gone && <Facts cause={data} />}
      {chosen !== null && <Bulk id={chosen} />}
      {data && !gone && (
        <>
          {chosen === null && <Acts group={data.group} about={aboutOf(data.items)} />}
          <div className="two">
            <Runbook cause={data} />
            <Blocks cause={data} />
          </div>
          <Open cause={data} />
          <History cause={data} />
        </>
      )}
      <Hint command={`xd exceptions show ${id}`} />
    </div>
  );
}

function Facts({ cause: { group, mayTend } }: { cause: CauseDetail & { readonly mayTend: boolean } }) {
  return (
    <div className="card">
      <p className="cause-facts">
        <Word word={group.word} />
        <strong>{many(group.documents, "document")}</strong>
        {group.money.map((sum) => (
          <span key={sum.currency}>
            {group.moneyExact ? "" : "more than "}
            <Amount value={sum} />
          </span>
        ))}
        {group.units.map(({ value, uom }) => (
          <span key={uom}>
            {value} {uom}
          </span>
        ))}
        <span>
          oldest <Ago at={group.oldestAt} />
        </span>
        <span>owner {group.owner}</span>
        <span>
          {group.assignedTo === null ? "nobody has taken it on" : `taken on by ${group.assignedTo}`}
        </span>
        {group.snoozedUntil !== null && (
          <span>
            asleep until <Ago at={group.snoozedUntil} />
          </span>
        )}
        <code>{group.id}</code>
      </p>
      {mayTend && <Tending id={group.id} mine={group.assignedTo} asleep={group.snoozedUntil !== null} />}
    </div>
  );
}

/** Who has it in hand, when it is looked at again, and what the next one should know. */
function Tending({ id, mine, asleep }: { id: string; mine: string | null; asleep: boolean }) {
  const may = useMay();
  const { data: session } = useSession();
  const change = useChange();
  const [noting, note] = useState(false);
  if (!may("decide")) return null;
  const me = session?.actor ?? null;
  const tending = (body: object, says: string) => ({
    path: `/causes/${encodeURIComponent(id)}/tend`,
    body,
    says,
  });
  const tend = (body: object, says: string) => change.mutate(tending(body, says));
  return (
    <div className="buttons">
      {mine === me ? (
        <button
          type="button"
          className="button"
          disabled={change.isPending}
          onClick={() => tend({ assign: null }, "It is nobody's again.")}
        >
          Give it back
        </button>
      ) : (
        <button
          type="button"
          className="button"
          disabled={change.isPending}
          onClick={() => tend({ assign: me }, "You have taken it on; what comes of it later is yours too.")}
        >
          Take it on
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={change.isPending}
        onClick={() =>
          tend(
            { snooze: asleep ? null : new Date(Date.now() + SNOOZE_MS).toISOString() },
            asleep ? "It is awake." : "It stays open and is shown last for two hours.",
          )
        }
      >
        {asleep ? "Wake it" : "Sleep for 2 hours"}
      </button>
      <button type="button" className="button" onClick={() => note(true)}>
        Note…
      </button>
      {noting && (
        <AskWhy
          title="Leave a note with this cause"
          verb="Leave it"
          label="What whoever looks next should know"
          press={change}
          sends={(words) => tending({ note: words }, "Noted.")}
          onClose={() => note(false)}
        />
      )}
    </div>
  );
}

const SNOOZE_MS = 2 * 3_600_000;

function Runbook({ cause: { runbook, before } }: { cause: CauseDetail }) {
  return (
    <Section title={runbook.title}>
      <p>{runbook.effect}</p>
      <ol className="numbered">
        {runbook.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {before.solved > 0 && (
        <p className="muted">
          Solved {many(before.solved, "time")} in the last 90 days
          {before.medianMinutes !== null && `, in the middle within ${span(before.medianMinutes * 60_000)}`}
          {before.lastResolution && `; last: ${before.lastResolution}`}
        </p>
      )}
    </Section>
  );
}

function Blocks({ cause: { common, blast } }: { cause: CauseDetail }) {
  const atLeast = blast.exact ? "" : "at least ";
  return (
    <Section title="What it blocks">
      <p>
        {many(blast.stopped, "document")} stopped, {atLeast}
        {count(blast.waitingDeliveries)} of their deliveries waiting behind.
        {blast.customerCount > 0 &&
          ` ${capital(atLeast)}${many(blast.customerCount, "customer")}: ${blast.customers.slice(0, 12).join(", ")}${blast.customerCount > 12 ? " …" : "."}`}
      </p>
      {blast.milestones.length > 0 && (
        <p>
          Cannot be reached before: {atLeast}
          {blast.milestones.map(({ milestone, documents }) => `${milestone} (${documents})`).join(", ")}.
        </p>
      )}
      <p className="muted">
        {common.length > 0 && `They have in common: ${common.join(", ")}. `}All others go on.
      </p>
    </Section>
  );
}

function Open({ cause: { items, group } }: { cause: CauseDetail }) {
  // What all of them say is said once.
  const same = items.every(({ reason }) => reason === items[0]?.reason);
  return (
    <Section title={`Open (${count(group.open)})`}>
      {same && items[0] && <p>{amountsIn(items[0].reason)}</p>}
      <ul className="items">
        {items.map((item) => (
          <li key={item.id}>
            <div className="needs-text">
              <p>
                {item.document ? (
                  <>
                    <DocumentLink line={item.document} />{" "}
                    {item.document.header.money && <Amount value={item.document.header.money} />}{" "}
                    <SubjectLink of={item} />
                  </>
                ) : (
                  <Subject of={item} />
                )}{" "}
                {!same && amountsIn(item.reason)}
                <span className="muted">
                  {" "}
                  <Ago at={item.openedAt} />
                </span>
              </p>
            </div>
          </li>
        ))}
      </ul>
      {group.open > items.length && (
        <p className="muted">The oldest {count(items.length)} are listed; what is done is done to all.</p>
      )}
    </Section>
  );
}

const HISTORY_SHOWN = 12;

function History({ cause: { history } }: { cause: CauseDetail }) {
  // What was done to many at once is one line, with the time of the last.
  const lines: { times: number; change: CauseDetail["history"][number] }[] = [];
  for (const change of history) {
    const last = lines.at(-1);
    const { what, by, detail } = change;
    if (last?.change.what === what && last.change.by === by && last.change.detail === detail) last.times += 1;
    else lines.push({ change, times: 1 });
  }
  return (
    <Section title="What was done">
      <ul className="history">
        {lines.slice(0, HISTORY_SHOWN).map(({ change: { at, exception, what, by, detail }, times }) => (
          <li key={`${exception} ${at} ${what}`}>
            <Ago at={at} /> {times > 1 && `${count(times)} `}
            {what} by {by === "crossdock" ? "Crossdock" : by}
            {detail ? `: ${amountsIn(detail)}` : ""}
          </li>
        ))}
      </ul>
    </Section>
  );
}
