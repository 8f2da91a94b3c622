/** Bulk acts, past and under way: how far each is, in totals that add up to what was chosen; one of them opens with all it did. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import type { SelectionView } from "../../../trace/selections.ts";
import { get } from "../api.ts";
import { capital, count } from "../format.ts";
import { Ago, Amount, Empty, Failed, Hint, Loading } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { Bulk } from "./bulk.tsx";

/** While something moves the numbers move without any document changing. */
const MOVING_MS = 1_000;
const QUIET_MS = 10_000;
const moves = ({ state, totals }: SelectionView) => state === "running" || totals.asked > 0;

export function BulkActsPage() {
  const [query] = useQuery();
  const open = query.get("bulk");
  const { data, error, refetch } = useRead({
    queryKey: ["selections"],
    queryFn: () => get<{ selections: readonly SelectionView[] }>("/selections"),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data: seen } }) => (seen?.selections.some(moves) ? MOVING_MS : QUIET_MS),
  });
  return (
    <div className="page">
      <h1>Bulk acts</h1>
      {open !== null && <Bulk key={open} id={open} />}
      {error && !data && <Failed error={error} what="the bulk acts" again={refetch} />}
      {!data && !error && <Loading label="the bulk acts" rows={6} />}
      {data && (
        <div className="card">
          {data.selections.length === 0 ? (
            <Empty>
              Nobody has acted on many things at once yet. A cause on the page{" "}
              <Link href="/exceptions">Exceptions</Link> is where it begins: choose, look, try one, then the
              rest.
            </Empty>
          ) : (
            <List selections={data.selections} open={open} />
          )}
        </div>
      )}
      <Hint command={open === null ? "xd bulk list" : `xd bulk show ${open}`} />
    </div>
  );
}

function List({ selections, open }: { selections: readonly SelectionView[]; open: string | null }) {
  return (
    <div className="scroll">
      <table>
        <caption className="sr">Bulk acts, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Stands</th>
            <th scope="col" className="right">
              Chosen
            </th>
            <th scope="col" className="right">
              Confirmed
            </th>
            <th scope="col" className="right">
              Failed again
            </th>
            <th scope="col" className="right">
              Left out
            </th>
            <th scope="col" className="right">
              Waiting
            </th>
            <th scope="col" className="right">
              At risk
            </th>
          </tr>
        </thead>
        <tbody>
          {selections.map(({ id, act, state, reason, frozenBy, frozenAt, totals, money }) => (
            <tr key={id} className={id === open ? "entry-open" : undefined}>
              <th scope="row">
                <Link href={`/bulk?bulk=${encodeURIComponent(id)}`} className="number">
                  {capital(act)}
                </Link>
                <small>
                  {frozenBy}, <Ago at={frozenAt} />: {reason}
                </small>
              </th>
              <td>{state}</td>
              <td className="right">{count(totals.selected)}</td>
              <td className="right">{count(totals.applied)}</td>
              <td className="right">{count(totals.failedAgain)}</td>
              <td className="right">{count(totals.skipped)}</td>
              <td className="right">{count(totals.waiting)}</td>
              <td className="right">
                {money.length === 0 ? (
                  <Amount value={null} />
                ) : (
                  money.map((sum) => (
                    <div key={sum.currency}>
                      <Amount value={sum} />
                    </div>
                  ))
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
