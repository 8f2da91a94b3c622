/** One document, all the way round: status, milestones, what needs someone, what happened, because of what, who says what. */
import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { MilestoneView, Story } from "../../../trace/index.ts";
import { customerText } from "../../../trace/tell.ts";
import { DeliveryButtons, ExceptionButtons, QuestionCard } from "../actions.tsx";
import { useStory } from "../api.ts";
import { absolute, amountsIn, asHeading, capital, clock, money, relative, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Ago, Copy, Failed, Hint, Loading, StatusPill, SubjectLink, Word } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { Left, Numbers, Opinions, Processes, Related } from "./document-facts.tsx";
import { LineageTree } from "./lineage.tsx";
import { StepPanel } from "./step-panel.tsx";
import { Tending } from "./tending.tsx";
import { Timeline } from "./timeline.tsx";

export function DocumentPage({ correlation }: { correlation: string }) {
  const { data: story, error, refetch } = useStory(correlation);
  useEffect(() => {
    window.document.title = story ? `${story.line.number} · Crossdock` : "Crossdock";
    return () => {
      window.document.title = "Crossdock";
    };
  }, [story]);
  if (error && !story) {
    return (
      <div className="page">
        <h1>{correlation}</h1>
        <Failed error={error} what="this document" again={refetch} />
        <p>
          <Link href="/documents">All documents</Link>
        </p>
      </div>
    );
  }
  if (!story) {
    return (
      <div className="page">
        <Loading label="this document" rows={8} />
      </div>
    );
  }
  return <Loaded story={story} />;
}

function Loaded({ story }: { story: Story }) {
  const [params, setParams] = useQuery();
  const step = params.get("step");
  const open = (of: { correlation: string; position: string } | null) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (of) next.set("step", `${of.correlation}@${of.position}`);
      else next.delete("step");
      return next;
    });
  const at = step?.lastIndexOf("@") ?? -1;
  const opened = step && at > 0 ? { correlation: step.slice(0, at), position: step.slice(at + 1) } : null;
  return (
    <div className="page document">
      <Head story={story} />
      <Tell story={story} />
      <Tending story={story} />
      <InTheArchive parts={story.archived} />
      <Milestones milestones={story.milestones} />
      <NeedsSomeone story={story} />
      <div className="columns">
        <div className="column">
          <Timeline story={story} opened={opened} open={open} />
          <Numbers story={story} />
          <Left story={story} open={open} />
          <Processes story={story} />
        </div>
        <div className="column">
          {opened && <StepPanel of={opened} close={() => open(null)} />}
          <LineageTree nodes={story.lineage} opened={opened} open={open} />
          <Opinions story={story} />
          <Related story={story} />
        </div>
      </div>
      <Hint command={`xd trace ${story.line.number}`} />
    </div>
  );
}

/** What of the story left the database, and where it stands now. */
function InTheArchive({ parts }: { parts: Story["archived"] }) {
  if (parts.length === 0) return null;
  return (
    <section className="archived" aria-label="Archived">
      {parts.map(({ number, of, lines, file, folder, host, archivedAt }) => (
        <p key={number}>
          {lines} {{ event: "message", arrival: "arrival", work: "record" }[of]}
          {lines === 1 ? "" : "s"} of this document left for the archive on {archivedAt.slice(0, 10)}:{" "}
          <code>
            {folder}/{file}
          </code>{" "}
          on {host}.
        </p>
      ))}
    </section>
  );
}

function Head({ story }: { story: Story }) {
  const { line } = story;
  const { header, status } = line;
  return (
    <header className="document-head">
      <p className="crumb">
        <Link href="/documents">Documents</Link> / {line.kind}
      </p>
      <div className="document-title">
        <h1>{line.number}</h1>
        {line.also.map(({ label, value }) => (
          <span key={value} className="also">
            <small>{label}</small> {value}
          </span>
        ))}
        {header.parties.slice(0, 2).map(({ label, name }) => (
          <span key={label} className="also">
            <small>{label}</small> {name}
          </span>
        ))}
        {header.lines !== null && (
          <span className="also">
            <small>Lines</small> {header.lines}
          </span>
        )}
        {header.money && <span className="worth">{money(header.money)}</span>}
      </div>
      <div className="document-status">
        <StatusPill status={status} />
        {status.because && <span>{amountsIn(status.because)}</span>}
        <span className="muted">
          Last change <Ago at={line.changedAt} />
        </span>
        <Copy text={window.location.href} label="Copy link" />
      </div>
      <SlaClock story={story} />
    </header>
  );
}

/** How much of the time to the next milestone is used up. */
function SlaClock({ story: { line, milestones } }: { story: Story }) {
  const now = useNow();
  const next = milestones.find(({ state, due }) => state !== "reached" && due !== null);
  if (!next?.due || line.status.word === "cancelled" || line.status.word === "done") return null;
  const [from, to] = [Date.parse(line.startedAt), Date.parse(next.due)];
  const used = Math.min(1, Math.max(0, (now - from) / Math.max(1, to - from)));
  const late = now > to;
  const says = late
    ? `${capital(next.name)} was due ${relative(next.due, now)}`
    : `${span(to - now)} left until “${next.name}” is due`;
  return (
    <div className={`sla ${late ? "sla-late" : used > 0.8 ? "sla-soon" : ""}`}>
      <span
        className="sla-bar"
        role="img"
        aria-label={`${Math.round(used * 100)} percent of the time is used`}
      >
        <span style={{ width: `${Math.round(used * 100)}%` }} />
      </span>
      <span className={late ? "due due-late" : "due"} title={absolute(next.due)}>
        {says}
      </span>
    </div>
  );
}

/** A safe text for whoever has the customer on the telephone. */
function Tell({ story }: { story: Story }) {
  const now = useNow();
  const [shown, show] = useState(false);
  const day = (at: string) => new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "long" });
  const text = customerText(story, new Date(now), day);
  return (
    <div className="tell">
      <button type="button" className="button" aria-expanded={shown} onClick={() => show(!shown)}>
        What can I tell the customer?
      </button>
      {shown && (
        <>
          <p>{text}</p>
          <Copy text={text} />
        </>
      )}
    </div>
  );
}

const ICON: Readonly<Record<MilestoneView["state"], string>> = {
  reached: "✔",
  partly: "◐",
  open: "○",
  late: "⏰",
  withdrawn: "↶",
};

function Milestones({ milestones }: { milestones: readonly MilestoneView[] }) {
  const now = useNow();
  if (milestones.length === 0) return null;
  return (
    <ol className="strip" aria-label="Milestones">
      {milestones.map((one) => (
        <li key={one.name} className={`mile mile-${one.state}`}>
          <span className="mile-icon" aria-hidden="true">
            {ICON[one.state]}
          </span>
          <span className="mile-name">{capital(one.name)}</span>
          <span className="mile-when">
            {one.of !== null && one.of > 1 && (
              <strong>
                {one.part ?? 0} of {one.of}
                {one.at ? " · " : ""}
              </strong>
            )}
            {one.at ? (
              <time dateTime={one.at} title={absolute(one.at)}>
                {clock(one.at, now)}
              </time>
            ) : one.state === "withdrawn" ? (
              "taken back"
            ) : one.due ? (
              <span title={absolute(one.due)}>
                {one.state === "late" ? `was due ${relative(one.due, now)}` : `due ${relative(one.due, now)}`}
              </span>
            ) : (
              "open"
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Questions and deliveries that wait for a person, with their buttons. */
function NeedsSomeone({ story }: { story: Story }) {
  const questions = story.questions.filter(({ verdict }) => verdict === null);
  const deliveries = story.deliveries.filter(({ may, status }) => may.length > 0 && status.word !== "moving");
  const exceptions = story.exceptions.filter(
    (one) => one.resolvedAt === null && !deliveries.some(({ key }) => key === one.subject),
  );
  if (questions.length + deliveries.length + exceptions.length + story.opinions.disagreements.length === 0)
    return null;
  return (
    <section className="needs-cards" aria-label="Needs someone">
      <h2 className="sr">What needs someone</h2>
      {questions.map((question) => (
        <QuestionCard key={question.id} question={question} />
      ))}
      {deliveries.map((delivery) => {
        const about = story.exceptions.find((one) => one.subject === delivery.key && one.resolvedAt === null);
        return (
          <article
            key={delivery.key}
            className={`needs-card needs-${delivery.status.word.replaceAll(" ", "-")}`}
          >
            <div className="needs-text">
              <h3>
                <StatusPill status={{ ...delivery.status, because: null }} />{" "}
                {about ? asHeading(about.title) : `${delivery.title} to ${delivery.connectionTitle}`}
              </h3>
              <p>{amountsIn(about?.reason ?? delivery.status.because ?? "")}</p>
              <p className="muted">
                {delivery.title} to {delivery.connectionTitle},{" "}
                {delivery.attempts === 1 ? "one try" : `${delivery.attempts} tries`}
                {about ? `, owner ${about.owner}` : ""}
                {delivery.waits && (
                  <>
                    ; waits for {delivery.waits.what} since <Ago at={delivery.waits.since} />
                  </>
                )}
              </p>
            </div>
            <DeliveryButtons
              delivery={delivery.key}
              tries={delivery.attempts}
              may={delivery.may}
              system={delivery.connectionTitle}
              what={delivery.title.toLowerCase()}
            />
          </article>
        );
      })}
      {exceptions.map((one) => (
        <article key={one.id} className={`needs-card needs-${one.word.replaceAll(" ", "-")}`}>
          <div className="needs-text">
            <h3>
              <Word word={one.word} /> {asHeading(one.title)}
            </h3>
            <p>{amountsIn(one.reason)}</p>
            <p className="muted">
              Owner {one.owner}, open <Ago at={one.openedAt} /> <SubjectLink of={one} />
            </p>
          </div>
          <ExceptionButtons exception={one} />
        </article>
      ))}
      {story.opinions.disagreements.map((sentence) => (
        <article key={sentence} className="needs-card needs-disagree">
          <div className="needs-text">
            <h3>Systems disagree</h3>
            <p>{sentence}</p>
          </div>
        </article>
      ))}
    </section>
  );
}
