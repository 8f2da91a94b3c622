/** Nothing silent: everything accepted is applied, settled by a person, or open with a reason; counted, not claimed. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import type { Balance, PartOfBalance } from "../../../trace/balance.ts";
import { get } from "../api.ts";
import { capital, count, many } from "../format.ts";
import { Ago, Section, Word } from "../parts.tsx";

/** It reads everything that is open; whoever makes it keeps it for twenty times as long as it took. */
const AGAIN_MS = 10_000;

export function Account() {
  const { data } = useRead({
    queryKey: ["balance"],
    queryFn: () => get<Balance | PartOfBalance>("/balance"),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  if (!data) return null;
  const { applied, superseded, cancelled, open, silent, where, reasons, owed, taken, unread } = data;
  return (
    <Section title="Is everything accounted for?">
      <p>
        {silent === 0 ? (
          <Word word="done" text="Everything accepted is accounted for" />
        ) : (
          <Word word="needs a decision" text={`${many(silent, "thing")} cannot be accounted for`} />
        )}
      </p>
      {where.length > 0 && (
        <ul>
          {where.map(({ what, count: of }) => (
            <li key={what}>
              {count(of)} × {what}
            </li>
          ))}
        </ul>
      )}
      <p>
        <strong>{count(applied + superseded + cancelled + open)}</strong> deliveries = {count(applied)}{" "}
        applied + {count(superseded)} replaced + {count(cancelled)} given up + {count(open)} open
      </p>
      {owed !== null && (
        <p className="muted">
          {count(owed)} owed to whoever takes them = {count(data.delivered)} deliveries + {count(taken ?? 0)}{" "}
          taken in or passed over{unread ? `; ${count(unread)} more not read yet` : ""}
        </p>
      )}
      {reasons.length > 0 && (
        <div className="scroll">
          <table>
            <caption>Why {count(open)} are open</caption>
            <thead>
              <tr>
                <th scope="col">Because</th>
                <th scope="col" className="right">
                  Deliveries
                </th>
                <th scope="col">Oldest</th>
                <th scope="col">Looked at again</th>
              </tr>
            </thead>
            <tbody>
              {reasons.map(({ reason, count: of, oldestAt, nextAt }) => (
                <tr key={reason}>
                  <th scope="row">{capital(reason)}</th>
                  <td className="right">{count(of)}</td>
                  <td>
                    <Ago at={oldestAt} />
                  </td>
                  <td>
                    {nextAt === null ? "once a person or another system has acted" : <Ago at={nextAt} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="as-of">
        As of <Ago at={data.asOf} />
        {data.exact
          ? "."
          : "; readers stand at different places just now, so look again for the exact account."}
      </p>
    </Section>
  );
}
