/** What was solved lately: who did it, how, when and how long it took, newest first. */
import { Link } from "wouter";
import type { Solved } from "../../../trace/solved.ts";
import { useSolved } from "../api.ts";
import { amountsIn, asHeading, capital, many, span } from "../format.ts";
import { Ago, DocumentLink, Empty, Failed, Loading, Section } from "../parts.tsx";
import { useStill } from "../still.tsx";

const keyOf = ({ id, how, by, resolution }: Solved) => `${id} ${how} ${by} ${resolution}`;

export function SolvedLately() {
  const { data, error, refetch } = useSolved();
  const still = useStill(data?.solved ?? [], keyOf, true);
  if (!data)
    return error ? (
      <Failed error={error} what="what was solved" again={refetch} />
    ) : (
      <Loading label="what was solved" rows={6} />
    );
  return (
    <Section title="Solved in the last seven days">
      {data.solved.length === 0 ? (
        <Empty>
          Nothing was solved in the last seven days. Last checked <Ago at={data.asOf} />. When an open
          exception is settled, it appears here with who did it and how.{" "}
          <Link href="/exceptions">See what is open</Link>
        </Empty>
      ) : (
        <>
          <div {...still.box}>
            <button type="button" className="pill" hidden={still.news === 0} onClick={still.show}>
              {many(still.news, "more")}: show
            </button>
            <ul className="items">
              {still.shown.map((one) => (
                <Line key={keyOf(one)} one={one} />
              ))}
            </ul>
          </div>
          <p className="muted">
            {data.complete ? "This is all of it." : "The newest are listed; more was solved in this time."} As
            of <Ago at={data.asOf} />.
          </p>
        </>
      )}
    </Section>
  );
}

function Line({ one }: { one: Solved }) {
  const more = one.documents - one.some.length;
  return (
    <li>
      <div className="needs-text">
        <p>
          <strong>{asHeading(one.title)}</strong>
          {one.connectionTitle && ` at ${one.connectionTitle}`}
        </p>
        <p className="cause-facts">
          <span>{HOW[one.how](one.by)}</span>
          <Ago at={one.at} />
          <span>
            {one.exceptions > 1
              ? `${many(one.exceptions, "exception")}, half within ${span(one.medianMs)}, the longest ${span(one.longestMs)}`
              : `it took ${span(one.medianMs)}`}
          </span>
          <span className="muted">{capital(one.class)}</span>
        </p>
        {one.resolution && <p>{amountsIn(one.resolution)}</p>}
        {one.some.length > 0 && (
          <p>
            {one.some.map((line, place) => (
              <span key={line.correlation}>
                {place > 0 && ", "}
                <DocumentLink line={line} />
              </span>
            ))}
            {more > 0 && <span className="muted"> and {many(more, "more document")}</span>}
          </p>
        )}
      </div>
      {one.openAgain > 0 && (
        <Link href={`/causes/${one.id}`} className="button quiet">
          {many(one.openAgain, "exception")} of it open now
        </Link>
      )}
    </li>
  );
}

const HOW: Readonly<Record<Solved["how"], (by: string | null) => string>> = {
  "by person": (by) => `Decided by ${by}`,
  "by replay": (by) => `Tried again by ${by}`,
  "by itself": () => "By itself",
};
