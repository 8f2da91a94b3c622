/** The inbox: questions to people, and open exceptions grouped by cause, each with what to do about it. */
import { Link } from "wouter";
import type { ExceptionView, Group } from "../../../trace/index.ts";
import { DeliveryButtons, ExceptionButtons, QuestionCard } from "../actions.tsx";
import { useExceptions, useQuestions } from "../api.ts";
import { capital, count, many } from "../format.ts";
import { mayDoAbout } from "../may.ts";
import { Ago, Amount, DocumentLink, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { useQuery } from "../query.ts";

/** What each kind of cause means and what helps, for whoever opens the inbox for the first time. */
const ADVICE: Readonly<Record<Group["class"], string>> = {
  temporary:
    "It settles itself: we keep trying and nothing is lost. There is nothing to do until it lasts too long.",
  data: "The content is wrong or missing. Correct it at the source, then try one document first.",
  "business hold":
    "A business rule says not now: credit, period, price. Decide with the role that owns the rule, then try again.",
  "unclear outcome":
    "We sent it and got no answer, and the system cannot tell us. Look there first, then say what you found.",
  "contract change":
    "What came does not keep the agreed shape. Agree on the change with the sender, then try again.",
  access:
    "The system does not let us in, or its tries are used up. Renew the credential or wait for the system, then try again.",
  "duplicate or conflict":
    "Two different things carry the same number. Both are kept and none of the second was booked. Ask the sender.",
  defect: "Crossdock itself is wrong here. Everything of this document is kept; tell the integration team.",
};

/** A message that never came in cannot be tried again by us: only its sender can mend it. */
function adviceFor({ class: of, items }: Group): string {
  if (of === "data" && items.every(({ subjectKind }) => subjectKind === "arrival")) {
    return "It did not come in: what arrived is kept as it was, and nothing was booked from it. Tell the sender what to correct and to send it again.";
  }
  return ADVICE[of];
}

export function ExceptionsPage() {
  const { data, error, refetch } = useExceptions();
  return (
    <div className="page">
      <h1>Exceptions</h1>
      {error && !data && <Failed error={error} what="the exceptions" again={refetch} />}
      {!data && !error && <Loading label="the exceptions" rows={6} />}
      {data && <Inbox asked={data.open} groups={data.groups} asOf={data.asOf} />}
      <Hint command="xd exceptions" />
    </div>
  );
}

function Inbox({ asked, groups, asOf }: { asked: number; groups: readonly Group[]; asOf: string }) {
  const [query] = useQuery();
  const only = query.get("class");
  const shown = only === null ? groups : groups.filter((group) => group.class === only);
  const people = shown.filter((group) => group.class !== "temporary");
  const temporary = shown.filter((group) => group.class === "temporary");
  if (asked === 0 && groups.length === 0) {
    return (
      <div className="card">
        <Empty>
          No exceptions. Last checked <Ago at={asOf} />. When a system refuses a document, an outcome is
          unclear or a rule asks a person, it appears here with what to do about it.
        </Empty>
      </div>
    );
  }
  return (
    <>
      <Classes groups={groups} only={only} />
      {only !== null && shown.length === 0 && (
        <div className="card">
          <Empty>
            Nothing matches this filter. <Link href="/exceptions">Show all</Link>
          </Empty>
        </div>
      )}
      {only === null && asked > 0 && <Questions />}
      {people.map((group) => (
        <Cause key={group.fingerprint} group={group} />
      ))}
      {temporary.length > 0 && (
        <Section title="Settles itself">
          {temporary.map((group) => (
            <details key={group.fingerprint} className="temporary">
              <summary>
                <Word word={group.word} text={group.title} /> {many(group.documents, "document")}, oldest{" "}
                <Ago at={group.oldestAt} />
              </summary>
              <p className="muted">{ADVICE.temporary}</p>
              <Items group={group} />
            </details>
          ))}
        </Section>
      )}
    </>
  );
}

/** Every open question can be reached: a page is drawn at a time, because hundreds are slow to turn to. */
function Questions() {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useQuestions();
  const open = data?.pages.at(-1)?.open;
  const questions = data?.pages.flatMap((page) => page.questions) ?? [];
  return (
    <Section title={open === undefined ? "Questions" : `Questions (${count(open)})`}>
      {error && !data && <Failed error={error} what="the questions" again={refetch} />}
      {!data && !error && <Loading label="the questions" />}
      <div className="needs-cards">
        {questions.map((question) => (
          <QuestionCard
            key={question.id}
            question={question}
            heading={
              question.document && (
                <>
                  <DocumentLink line={question.document} /> <Amount
                    value={question.document.header.money}
                  />{" "}
                </>
              )
            }
          />
        ))}
      </div>
      {hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {isFetchingNextPage
            ? "Loading…"
            : `Show more of the other ${count((open ?? 0) - questions.length)}`}
        </button>
      )}
    </Section>
  );
}

/** One link for each class there is, with how many exceptions it has. */
function Classes({ groups, only }: { groups: readonly Group[]; only: string | null }) {
  const open = new Map<string, number>();
  for (const group of groups) open.set(group.class, (open.get(group.class) ?? 0) + group.open);
  if (open.size < 2 && only === null) return null;
  return (
    <nav className="classes" aria-label="By class">
      <Link href="/exceptions" className="chip" aria-current={only === null ? "true" : undefined}>
        All
      </Link>
      {[...open].map(([of, count]) => (
        <Link
          key={of}
          href={`/exceptions?class=${encodeURIComponent(of)}`}
          className="chip"
          aria-current={only === of ? "true" : undefined}
        >
          {capital(of)} ({count})
        </Link>
      ))}
    </nav>
  );
}

function Cause({ group }: { group: Group }) {
  return (
    <Section
      title={group.title}
      className={`cause cause-${group.word.replaceAll(" ", "-")}`}
      aside={
        <span className="card-aside">
          <Word word={group.word} />
          <Link href={`/causes/${group.id}`} className="button quiet">
            {group.open > 1 ? `All ${group.open} at once` : "More about it"}
          </Link>
        </span>
      }
    >
      <p className="cause-facts">
        <strong>{many(group.documents, "document")}</strong>
        {group.money.map((sum) => (
          <span key={sum.currency}>
            {group.moneyExact ? "" : "more than "}
            <Amount value={sum} />
          </span>
        ))}
        <span>
          oldest <Ago at={group.oldestAt} />
        </span>
        <span>owner {group.owner}</span>
        {group.connectionTitle && <span>at {group.connectionTitle}</span>}
      </p>
      <p className="advice">{adviceFor(group)}</p>
      <Items group={group} />
    </Section>
  );
}

function Items({ group }: { group: Group }) {
  return (
    <>
      <ul className="items">
        {group.items.map((item) => (
          <li key={item.id}>
            <div className="needs-text">
              <p>
                {item.document ? (
                  <>
                    <DocumentLink line={item.document} />{" "}
                    {item.document.header.money && <Amount value={item.document.header.money} />}
                  </>
                ) : (
                  <code>{item.subject}</code>
                )}
              </p>
              <p>{item.reason}</p>
              <p className="muted">
                <Ago at={item.openedAt} />
                {item.dueAt !== null && (
                  <>
                    {item.escalatedAt === null ? " · to be decided " : " · should have been decided "}
                    <Ago at={item.dueAt} />
                  </>
                )}
              </p>
            </div>
            <ItemButtons item={item} />
          </li>
        ))}
      </ul>
      {group.open > group.items.length && (
        <p className="muted">
          {many(group.open - group.items.length, "more exception")} with this cause; the newest{" "}
          {group.items.length} are listed.
        </p>
      )}
    </>
  );
}

function ItemButtons({ item }: { item: ExceptionView }) {
  if (item.subjectKind !== "delivery") return <ExceptionButtons exception={item} />;
  return (
    <DeliveryButtons
      delivery={item.subject}
      tries={item.tries ?? undefined}
      may={mayDoAbout(item)}
      system={item.connectionTitle ?? "the system"}
      what={item.title.toLowerCase()}
    />
  );
}
