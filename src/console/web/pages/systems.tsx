/** Every connected system at a glance: whether it answers, what waits for it, who paused it. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import type { SystemView } from "../../../trace/index.ts";
import type { PromisesView } from "../../../trace/promises.ts";
import { get } from "../api.ts";
import { count, many, money, pageOf, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Ago, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { SYSTEM_STATE } from "./home.tsx";

export function SystemsPage() {
  const { data, error, refetch } = useRead({
    queryKey: ["systems"],
    queryFn: () => get<{ systems: readonly SystemView[]; asOf: string }>("/systems"),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  return (
    <div className="page">
      <h1>Systems</h1>
      <PromisesCard />
      {error && !data && <Failed error={error} what="the systems" again={refetch} />}
      {!data && !error && <Loading label="the systems" rows={8} />}
      {data && (
        <div className="card">
          {data.systems.length === 0 ? (
            <Empty>No system is connected.</Empty>
          ) : (
            <Table systems={data.systems} />
          )}
        </div>
      )}
      {data && (
        <p className="as-of">
          As of <Ago at={data.asOf} />. What waits is counted from the deliveries themselves.
        </p>
      )}
      <Hint command="xd systems" />
    </div>
  );
}

/** What was answered on old values while a system was silent, and what became of it; nothing where nothing was. */
function PromisesCard() {
  const { data } = useRead({
    queryKey: ["promises"],
    queryFn: () => get<PromisesView>("/promises"),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  if (!data || data.promises.length === 0) return null;
  const hangs = data.exposure.map(
    ({ inquiry, promises, money: sums }) =>
      `${inquiry}: ${many(promises, "promise")} open${sums.map((sum) => `, ${money(sum)}`).join("")}`,
  );
  return (
    <Section title="Promised on old values">
      <p>{hangs.length === 0 ? "No promise is open." : hangs.join(" · ")}</p>
      <div className="scroll">
        <table className="systems">
          <caption className="sr">Answers given on old values, and what became of them</caption>
          <thead>
            <tr>
              <th scope="col">Given</th>
              <th scope="col">Question</th>
              <th scope="col">To</th>
              <th scope="col" className="right">
                Worth
              </th>
              <th scope="col">Became</th>
            </tr>
          </thead>
          <tbody>
            {data.promises.slice(0, SHOWN).map((one) => (
              <tr key={one.id}>
                <td>
                  <Ago at={one.givenAt} />
                </td>
                <td>
                  {one.inquiry}
                  <small>
                    last said <Ago at={one.saidAt} />
                  </small>
                </td>
                <td>
                  {one.givenTo.includes("/") ? (
                    <Link href={pageOf(one.givenTo)} className="number">
                      {one.givenTo.slice(one.givenTo.indexOf("/") + 1)}
                    </Link>
                  ) : (
                    one.givenTo
                  )}
                </td>
                <td className="right">{one.worth ? money(one.worth) : "–"}</td>
                <td>
                  {BECAME[one.state]}
                  {one.difference !== null && one.worth && (
                    <small>{money({ amount: one.difference, currency: one.worth.currency })}</small>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** Open ones and those that did not hold come first; `crossdock promises` lists all. */
const SHOWN = 25;
const BECAME = { open: "open", kept: "kept", differs: "did not hold" } as const;

/** What a state says beside a system: the word, and why. */
export function SystemState({ system }: { system: SystemView }) {
  const { word, text } = SYSTEM_STATE[system.state];
  if (system.state === "unknown")
    return (
      <span className="muted" title="Nothing was sent to it since this worker started">
        {text}
      </span>
    );
  return (
    <Word
      word={word}
      text={system.pause?.how === "draining" ? "Draining" : text}
      title={whyOf(system) ?? text}
    />
  );
}

export const whyOf = ({ pause, because }: SystemView): string | null =>
  pause ? `${pause.by}: ${pause.reason}` : because;

function Table({ systems }: { systems: readonly SystemView[] }) {
  const now = useNow();
  const atLeast = (system: SystemView) => (system.exact ? "" : "+");
  return (
    <div className="scroll">
      <table className="systems systems-all">
        <caption className="sr">Systems, whether they answer and what waits for them</caption>
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
              On hold
            </th>
            <th scope="col" className="right">
              Set aside
            </th>
            <th scope="col" className="right">
              Unclear
            </th>
            <th scope="col" className="right">
              Answers in
            </th>
          </tr>
        </thead>
        <tbody>
          {systems.map((system) => (
            <tr key={system.name}>
              <th scope="row">
                <Link href={`/systems/${encodeURIComponent(system.name)}`} className="number">
                  {system.title}
                </Link>
                <small>{system.owner}</small>
              </th>
              <td>
                <SystemState system={system} />
                {whyOf(system) && <small>{whyOf(system)}</small>}
              </td>
              <td className="right">
                {count(system.waiting)}
                {atLeast(system)}
              </td>
              <td className="right">{system.oldestAt ? span(now - Date.parse(system.oldestAt)) : "–"}</td>
              <td className="right">{count(system.held)}</td>
              <td className="right">{count(system.parked)}</td>
              <td className="right">{count(system.inDoubt)}</td>
              <td className="right">{system.p50Ms === null ? "–" : `${Math.round(system.p50Ms)} ms`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
