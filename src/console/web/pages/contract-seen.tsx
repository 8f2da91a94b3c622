/** What was seen of a contract lately: who sent and who took its messages, whether a flow says so, and how often that failed. */
import { Link } from "wouter";
import type { Seen } from "../../../trace/observed.ts";
import { count, many } from "../format.ts";
import { Ago, Empty, Section } from "../parts.tsx";

/** Who really sent and took it lately, beside what is declared; and how often that did not work at once. */
export function SeenLately({ seen: { messages, since, senders, takers, followers } }: { seen: Seen }) {
  return (
    <Section title="Seen lately">
      {since === null ? (
        <Empty>None of it was recorded lately.</Empty>
      ) : (
        <>
          <p className="muted">
            {many(messages, "message")}, the first <Ago at={since} />, in the latest part of the journal.
          </p>
          <div className="scroll">
            <table>
              <caption className="sr">Who sent and who took it lately</caption>
              <thead>
                <tr>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                  <th scope="col">Last</th>
                </tr>
              </thead>
              <tbody>
                {senders.map((one) => (
                  <tr key={`from ${one.name}`}>
                    <SeenName of={one} />
                    <td>sent {count(one.messages)}</td>
                    <td>
                      <Ago at={one.lastAt} />
                    </td>
                  </tr>
                ))}
                {takers.map((one) => (
                  <tr key={`to ${one.name}`}>
                    <SeenName of={one} />
                    <td>
                      took {count(one.deliveries)}
                      {one.failed > 0 &&
                        `; ${count(one.failed)} needed a person or were given up (${share(one.failed, one.deliveries)})`}
                      {one.again > 0 && `; ${count(one.again)} took more than one try`}
                    </td>
                    <td>
                      <Ago at={one.lastAt} />
                    </td>
                  </tr>
                ))}
                {followers.map(({ process, documents, lastAt }) => (
                  <tr key={process}>
                    <th scope="row">
                      <Link href={`/processes/${encodeURIComponent(process)}`}>{process}</Link>
                    </th>
                    <td>follows {many(documents, "document")}</td>
                    <td>
                      <Ago at={lastAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Section>
  );
}

const SeenName = ({ of: { title, declared } }: { of: Seen["senders"][number] | Seen["takers"][number] }) => (
  <th scope="row">
    {title}
    {!declared && <small className="no">no flow says so</small>}
  </th>
);

const share = (part: number, of: number): string =>
  `${((100 * part) / of).toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;
