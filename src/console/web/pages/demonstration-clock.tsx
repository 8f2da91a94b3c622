/** The demonstration's clock: what waits for a time, and buttons that bring all of it nearer. */
import { useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import type { Nearer, Waiting } from "../../../runtime/demonstration-clock.ts";
import { useAnnounce } from "../announce.tsx";
import { change, get, useMay } from "../api.ts";
import { capital, count, span } from "../format.ts";
import { Ago, Empty, Section } from "../parts.tsx";

interface DueTimes {
  readonly available: boolean;
  readonly waiting: readonly Waiting[];
  readonly asOf: string;
}

const SPANS = [
  [15 * 60_000, "15 minutes"],
  [3_600_000, "1 hour"],
  [4 * 3_600_000, "4 hours"],
  [24 * 3_600_000, "1 day"],
] as const;

export function DemonstrationClock() {
  const may = useMay();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { data } = useRead({
    queryKey: ["clock"],
    queryFn: () => get<DueTimes>("/clock"),
    enabled: may("develop"),
    refetchInterval: 5_000,
  });
  const bring = useMutation({
    mutationFn: (by: { ms: number } | { first: Waiting["kind"] }) => change<Nearer>(queries, "/clock", by),
    onSuccess: ({ said }) => announce(true, said),
    onError: (error) => announce(false, error.message),
    onSettled: () => queries.invalidateQueries(),
  });
  if (!data?.available) return null;
  const waits = data.waiting.filter(({ waiting }) => waiting > 0);
  return (
    <Section
      title="Let time pass"
      aside={
        <span className="muted">
          as of <Ago at={data.asOf} />
        </span>
      }
    >
      <p className="muted">
        No clock is turned: everything that waits for a time comes nearer by the same, and the order of things
        stays. What has happened keeps its time.
      </p>
      <p className="buttons clock-spans">
        {SPANS.map(([ms, label]) => (
          <button
            key={ms}
            type="button"
            className="button"
            disabled={bring.isPending}
            onClick={() => bring.mutate({ ms })}
          >
            {label} nearer
          </button>
        ))}
      </p>
      {bring.data && <p role="status">{bring.data.said}</p>}
      {waits.length === 0 && <Empty>Nothing waits for a time now. Play a story, and look again.</Empty>}
      <div className="scroll" hidden={waits.length === 0}>
        <table>
          <caption className="sr">What waits for a time</caption>
          <thead>
            <tr>
              <th scope="col">What waits for a time</th>
              <th scope="col" className="right">
                How many
              </th>
              <th scope="col" className="right">
                The first in
              </th>
              <th scope="col">
                <span className="sr">Bring the first here</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {waits.map(({ kind, title, waiting, nextMs }) => (
              <tr key={kind}>
                <th scope="row">{capital(title)}</th>
                <td className="right">{count(waiting)}</td>
                <td className="right">{nextMs === null ? "–" : span(nextMs)}</td>
                <td>
                  <button
                    type="button"
                    className="button quiet"
                    aria-label={`Until the first: ${title}`}
                    disabled={bring.isPending || nextMs === null}
                    onClick={() => bring.mutate({ first: kind })}
                  >
                    Until the first
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
