/** Every connected system at a glance: whether it answers, what waits for it, who paused it. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import type { SystemView } from "../../../trace/index.ts";
import type { PromisesView } from "../../../trace/promises.ts";
import { get, useMay } from "../api.ts";
import { count, many, money, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Ago, Empty, Failed, Hint, Loading, Word } from "../parts.tsx";
import { useStill } from "../still.tsx";
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

/** What hangs on answers given on old values while a system was silent; nothing where no promise is open. */
function PromisesCard() {
  const may = useMay();
  const { data } = useRead({
    queryKey: ["promises"],
    enabled: may("view", "everywhere"),
    queryFn: () => get<PromisesView>("/promises"),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
  if (!data || data.exposure.length === 0) return null;
  const hangs = data.exposure.map(
    ({ inquiry, promises, money: sums }) =>
      `${inquiry}: ${many(promises, "promise")} open${sums.map((sum) => `, ${money(sum)}`).join("")}`,
  );
  return (
    <p className="found">
      Promised on old values, {hangs.join(" · ")}. <Link href="/promises">See what became of each</Link>
    </p>
  );
}

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
  const still = useStill(systems, ({ name }) => name);
  return (
    <div className="scroll" {...still.box}>
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
          {still.shown.map((system) => (
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
