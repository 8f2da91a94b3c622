/** Documents as rows: the same row on Home, in search, and wherever a number leads to a list. */
import type { DocumentLine, FoundDocument } from "../../../trace/index.ts";
import { Ago, Amount, DocumentLink, Dots, StatusPill } from "../parts.tsx";

export type Row = DocumentLine & Partial<Pick<FoundDocument, "matched">>;

export function DocumentTable({ documents, caption }: { documents: readonly Row[]; caption: string }) {
  const matched = documents.some((row) => row.matched);
  return (
    <div className="scroll">
      <table className="documents">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Document</th>
            <th scope="col">Status</th>
            <th scope="col">Milestones</th>
            <th scope="col">{matched ? "Found by" : "Known as"}</th>
            <th scope="col">For</th>
            <th scope="col" className="right">
              Worth
            </th>
            <th scope="col" className="right">
              Changed
            </th>
          </tr>
        </thead>
        <tbody>
          {documents.map((row) => (
            <tr key={row.correlation}>
              <th scope="row">
                <DocumentLink line={row} />
                <small>{row.kind}</small>
              </th>
              <td>
                <StatusPill status={row.status} />
              </td>
              <td>
                <Dots milestones={row.milestones} />
              </td>
              <td>
                {row.matched
                  ? row.matched.slice(0, 2).map((match) => (
                      <span key={`${match.type}${match.value}`} className="known-as">
                        <small>{match.label}</small> {match.value}
                      </span>
                    ))
                  : row.also.slice(0, 1).map(({ label, value }) => (
                      <span key={value} className="known-as" title={label}>
                        {value}
                      </span>
                    ))}
              </td>
              <td>{customerOf(row)}</td>
              <td className="right">
                <Amount value={row.header.money} />
              </td>
              <td className="right nowrap">
                <Ago at={row.changedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whom it is for: the place it goes to says more to people than a customer number. */
function customerOf({ header: { parties } }: Row): string {
  const named = (of: RegExp) => parties.find(({ label }) => of.test(label))?.name;
  return named(/ship|deliver/i) ?? named(/customer|supplier|party|buyer/i) ?? "";
}
