/** The inbox: questions to people, and open exceptions grouped by cause, each with what to do about it. */
import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { CAUSE_HANDS, CAUSE_ORDERS, type CauseChoice, chosenCauses } from "../../../trace/cause-choice.ts";
import type { Group } from "../../../trace/index.ts";
import { DeliveryButtons, ExceptionButtons, QuestionCard } from "../actions.tsx";
import { useExceptions, useQuestions, useSession } from "../api.ts";
import { amountsIn, asHeading, capital, count, many } from "../format.ts";
import { KeptFilters } from "../kept-filters.tsx";
import { mayDoAbout } from "../may.ts";
import {
  Ago,
  Amount,
  DocumentLink,
  Empty,
  Failed,
  Hint,
  Loading,
  More,
  Section,
  Subject,
  SubjectLink,
  Word,
} from "../parts.tsx";
import { useQuery } from "../query.ts";
import { useStill } from "../still.tsx";

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

/** A message that never came in is mended by its sender, unless it was us who did not understand it; what this build lacks by a build that has it. */
function adviceFor({ class: of, runbook, items }: Group): string {
  if (runbook === "not-in-this-build")
    return "A build that lacks what they need runs, as after a deployment that was taken back. They keep what comes and go by themselves when it is there again.";
  if (of === "data" && items.every(({ subjectKind }) => subjectKind === "arrival")) {
    return "It did not come in: what arrived is kept as it was, and nothing was booked from it. Tell the sender what to correct and to send it again; or, where our flow was wrong and understands it by now, have it read again.";
  }
  return ADVICE[of];
}

/** What is fetched when somebody asks for it. */
const SolvedLately = lazy(async () => ({ default: (await import("./solved.tsx")).SolvedLately }));

export function ExceptionsPage() {
  const [query] = useQuery();
  const solved = query.get("show") === "solved";
  return (
    <div className="page">
      <h1>Exceptions</h1>
      <nav className="classes" aria-label="Open or solved">
        <Link href="/exceptions" className="chip" aria-current={solved ? undefined : "true"}>
          Open
        </Link>
        <Link href={SOLVED} className="chip" aria-current={solved ? "true" : undefined}>
          Solved lately
        </Link>
      </nav>
      {solved ? (
        <Suspense fallback={<Loading label="what was solved" rows={6} />}>
          <SolvedLately />
        </Suspense>
      ) : (
        <OpenExceptions />
      )}
      <Hint command={solved ? "xd exceptions --solved" : "xd exceptions"} />
    </div>
  );
}

const SOLVED = "/exceptions?show=solved";

function OpenExceptions() {
  const { data, error, refetch } = useExceptions();
  return (
    <>
      {error && !data && <Failed error={error} what="the exceptions" again={refetch} />}
      {!data && !error && <Loading label="the exceptions" rows={6} />}
      {data && <Inbox asked={data.open} groups={data.groups} asOf={data.asOf} />}
    </>
  );
}

/** What the address narrows the inbox to. */
const choiceIn = (query: URLSearchParams): CauseChoice => ({
  class: query.get("class"),
  system: query.get("system"),
  hands: named(CAUSE_HANDS, query.get("of")),
  order: named(CAUSE_ORDERS, query.get("order")),
});
const named = <Name extends string>(names: Readonly<Record<Name, string>>, asked: string | null) =>
  asked !== null && Object.hasOwn(names, asked) ? (asked as Name) : null;

/** The same in words: "Data · ERP · taken on by me · most money first". */
const wordsOf = ({ class: of, system, hands, order }: CauseChoice, groups: readonly Group[]): string =>
  [
    of ? capital(of) : "",
    system ? (groups.find(({ connection }) => connection === system)?.connectionTitle ?? system) : "",
    hands ? CAUSE_HANDS[hands] : "",
    order ? CAUSE_ORDERS[order] : "",
  ]
    .filter(Boolean)
    .join(" · ");

function Inbox({ asked, groups, asOf }: { asked: number; groups: readonly Group[]; asOf: string }) {
  const [query] = useQuery();
  const { data: session } = useSession();
  const choice = choiceIn(query);
  const narrowed = Boolean(choice.class || choice.system || choice.hands);
  const chosen = chosenCauses(groups, choice, session?.actor ?? null);
  const still = useStill(chosen, ({ fingerprint }) => fingerprint);
  const people = still.shown.filter((group) => group.class !== "temporary");
  const temporary = still.shown.filter((group) => group.class === "temporary");
  if (asked === 0 && groups.length === 0) {
    return (
      <div className="card">
        <Empty>
          No exceptions. Last checked <Ago at={asOf} />. When a system refuses a document, an outcome is
          unclear or a rule asks a person, it appears here with what to do about it.{" "}
          <Link href={SOLVED}>See what was solved this week</Link>
        </Empty>
      </div>
    );
  }
  return (
    <>
      <Classes groups={groups} only={choice.class ?? null} />
      {groups.length > 0 && <Choosing groups={groups} choice={choice} />}
      {narrowed && chosen.length === 0 && (
        <div className="card">
          <Empty>
            Nothing matches this filter. <Link href="/exceptions">Show all</Link>
          </Empty>
        </div>
      )}
      {!narrowed && asked > 0 && <Questions />}
      {/* What somebody works in keeps its place: what is new waits until it is asked for. */}
      <div className="inbox" {...still.box}>
        <button type="button" className="pill" hidden={still.news === 0} onClick={still.show}>
          {many(still.news, "new cause")}: show
        </button>
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
      </div>
    </>
  );
}

/** Whose causes, of which system, in which order; in the address, and kept by whoever likes. */
function Choosing({ groups, choice }: { groups: readonly Group[]; choice: CauseChoice }) {
  const [query, setQuery] = useQuery();
  const systems = new Map(
    groups.flatMap(({ connection, connectionTitle }) =>
      connection === null ? [] : [[connection, connectionTitle ?? connection] as const],
    ),
  );
  const select = (
    name: string,
    label: string,
    first: string,
    options: readonly (readonly [string, string])[],
  ) => (
    <label>
      <span>{label}</span>
      <select
        value={query.get(name) ?? ""}
        onChange={({ target: { value } }) =>
          setQuery(
            (before) => {
              if (value === "") before.delete(name);
              else before.set(name, value);
              return before;
            },
            { replace: true },
          )
        }
      >
        <option value="">{first}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="filters">
      {select("of", "Whose", "everybody’s", Object.entries(CAUSE_HANDS))}
      {systems.size > 0 && select("system", "System", "all", [...systems])}
      {select(
        "order",
        "Order",
        CAUSE_ORDERS.newest,
        Object.entries(CAUSE_ORDERS).filter(([order]) => order !== "newest"),
      )}
      <KeptFilters page="/exceptions" name={wordsOf(choice, groups)} query={query.toString()} />
    </div>
  );
}

/** Every open question can be reached: a page is drawn at a time, because hundreds are slow to turn to. */
function Questions() {
  const list = useQuestions();
  const { data, error, refetch } = list;
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
      <More of={list} label={`Show more of the other ${count((open ?? 0) - questions.length)}`} />
    </Section>
  );
}

/** One link for each class there is, with how many exceptions it has. */
function Classes({ groups, only }: { groups: readonly Group[]; only: string | null }) {
  const [query] = useQuery();
  const place = (of: string | null) => {
    const next = new URLSearchParams(query);
    if (of === null) next.delete("class");
    else next.set("class", of);
    return next.size === 0 ? "/exceptions" : `/exceptions?${next}`;
  };
  const open = new Map<string, number>();
  for (const group of groups) open.set(group.class, (open.get(group.class) ?? 0) + group.open);
  // Shown with one class too: a row that came with the second would push the list away.
  if (open.size === 0 && only === null) return null;
  return (
    <nav className="classes" aria-label="By class">
      <Link href={place(null)} className="chip" aria-current={only === null ? "true" : undefined}>
        All
      </Link>
      {[...open].map(([of, count]) => (
        <Link key={of} href={place(of)} className="chip" aria-current={only === of ? "true" : undefined}>
          {capital(of)} ({count})
        </Link>
      ))}
    </nav>
  );
}

function Cause({ group }: { group: Group }) {
  return (
    <Section
      title={asHeading(group.title)}
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
        {group.assignedTo !== null && <span>taken on by {group.assignedTo}</span>}
        {group.snoozedUntil !== null && (
          <span>
            asleep until <Ago at={group.snoozedUntil} />
          </span>
        )}
      </p>
      <p className="advice">{adviceFor(group)}</p>
      <Items group={group} />
    </Section>
  );
}

/** Of each cause the inbox lists this many; all of them stand on its page, so that one cause never hides the next. */
const LISTED_MAX = 5;

function Items({ group }: { group: Group }) {
  const still = useStill(group.items.slice(0, LISTED_MAX), ({ id }) => id);
  return (
    <>
      <ul className="items" {...still.box}>
        {still.shown.map((item) => (
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
                )}
              </p>
              <p>{amountsIn(item.reason)}</p>
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
      {group.open > still.shown.length && (
        <p className="muted">
          The newest {count(still.shown.length)} of {count(group.open)};{" "}
          <Link href={`/causes/${group.id}`}>all of this cause</Link>
        </p>
      )}
    </>
  );
}

function ItemButtons({ item }: { item: Group["items"][number] }) {
  if (item.subjectKind !== "delivery") return <ExceptionButtons exception={item} />;
  return (
    <DeliveryButtons
      delivery={item.subject}
      tries={item.tries ?? undefined}
      may={mayDoAbout(item)}
      system={item.connectionTitle ?? "the system"}
      what={`what is owed for ${item.document?.number ?? item.subject}`}
    />
  );
}
