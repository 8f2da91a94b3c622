/** Where time is spent: how long each milestone was stood at, as bars and as a table. */
import type { Stay } from "../../../trace/index.ts";
import { useTwin } from "../charts.tsx";
import { brief, capital, count } from "../format.ts";
import { Empty, Section } from "../parts.tsx";

/** How long was stood at each milestone before the next step: half of all, and nine of ten. */
export function TimeSpent({ stays }: { stays: readonly Stay[] }) {
  const [table, twin] = useTwin();
  const known = stays.filter(({ count: times }) => times > 0);
  const longest = Math.max(1, ...known.map(({ p90Ms }) => p90Ms ?? 0));
  // Between seconds and days only a logarithm shows both.
  const share = (ms: number | null) =>
    ms === null ? 0 : Math.max(2, (100 * Math.log1p(ms / 1_000)) / Math.log1p(longest / 1_000));
  return (
    <Section title="Where time is spent" aside={twin}>
      {known.length === 0 && (
        <Empty>No milestone was left in this time, so there is nothing to measure.</Empty>
      )}
      {known.length > 0 && table && <StayTable stays={stays} />}
      {known.length > 0 && !table && (
        <ul className="stays">
          {known.map((stay) => (
            <li key={stay.milestone}>
              <span className="stay-name">{capital(stay.milestone)}</span>
              <span className="stay-bars" aria-hidden="true">
                <span className="stay-90" style={{ width: `${share(stay.p90Ms)}%` }} />
                <span className="stay-50" style={{ width: `${share(stay.p50Ms)}%` }} />
              </span>
              <span className="stay-says">
                half within about {brief(stay.p50Ms)}, nine of ten within {brief(stay.p90Ms)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {known.length > 0 && (
        <p className="muted">
          Time at a milestone until the next step, on a logarithmic scale. Times are known to within a factor
          of 1.4.
        </p>
      )}
    </Section>
  );
}

function StayTable({ stays }: { stays: readonly Stay[] }) {
  return (
    <div className="scroll">
      <table>
        <caption className="sr">Time spent at each milestone</caption>
        <thead>
          <tr>
            <th scope="col">Milestone</th>
            <th scope="col" className="right">
              Left it
            </th>
            <th scope="col" className="right">
              Half within about
            </th>
            <th scope="col" className="right">
              Nine of ten within about
            </th>
          </tr>
        </thead>
        <tbody>
          {stays.map((stay) => (
            <tr key={stay.milestone}>
              <th scope="row">{capital(stay.milestone)}</th>
              <td className="right">{count(stay.count)}</td>
              <td className="right">{brief(stay.p50Ms)}</td>
              <td className="right">{brief(stay.p90Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
