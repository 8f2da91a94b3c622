/**
 * Compares the designed matrix with what the shipped solutions ask, and writes it as a page.
 *
 * What must stay true: a cell counts as held only where the agreement names the system for that milestone and has a way to learn what it
 * holds, by asking, by what it says, or by what follows from it.
 */
import { type Agreement, milliseconds } from "crossdock";
import { company } from "../../solutions/demonstration/company.ts";
import type { Cell, Place, Row } from "./matrix.ts";

export type Agreements = ReadonlyMap<string, Agreement>;

/** The agreements of the company of the demonstration, with everything around its core. */
export const shipped = (): Agreements =>
  new Map(
    company({ portBase: 1, data: "/nowhere", landscape: true })
      .solutions.flatMap(({ agreements = [] }) => agreements)
      .map((one) => [one.name, one]),
  );

function found(place: Place, agreements: Agreements) {
  const [name = "", milestone = "", system = ""] = place.split("/");
  const agreement = agreements.get(name);
  const agreed = agreement?.milestones[milestone];
  const teller = agreed?.systems[system];
  if (!agreement || !agreed || !teller) return null;
  const asked = agreement.snapshots.some((one) => one.system === system);
  const heard = teller.says !== undefined || agreement.hearings?.some((one) => one.system === system);
  return asked || heard ? { grace: agreed.grace, asked } : null;
}

/** What is wrong with the matrix as it is asked: each a sentence. */
export const unheld = (matrix: readonly Row[], agreements: Agreements): string[] =>
  matrix.flatMap(({ milestone, within, cells }) =>
    cells.flatMap(({ who, held, because }) => {
      const about = `${milestone}, ${who}`;
      if (held.length === 0 && !because) return [`${about}: neither held nor explained.`];
      return held.flatMap((place) => {
        const there = found(place, agreements);
        if (!there) return [`${about}: there is no ${place}.`];
        // What is held elsewhere is held in that place's own time.
        const late = !because && within !== "at once" && milliseconds(there.grace) > milliseconds(within);
        return late ? [`${about}: ${place} has a grace of ${there.grace}, and ${within} were agreed.`] : [];
      });
    }),
  );

const HEAD = `# Who must agree

The agreement matrix: for each milestone of the business, who must hold the same opinion, and where that is held. Made from
\`tests/coverage/matrix.ts\`; a test fails when a cell is neither held nor explained, or when its agreement is gone. How it is judged:
[Do the systems agree?](../guides/agreement.md). Why some systems are not asked:
[decision 20](../decisions/0020-cells-that-nobody-is-asked-for.md).
`;

/** The matrix as a page. */
export function matrixPage(matrix: readonly Row[], agreements: Agreements): string {
  const written = ({ who, held, because }: Cell): string => {
    const places = held.map((place) => {
      const there = found(place, agreements);
      return `\`${place}\`${there ? `, ${there.asked ? "asked" : "heard"} (${there.grace})` : " **missing**"}`;
    });
    const where = places.join("<br>") || "—";
    return `| ${who} | ${where} | ${because ?? ""} |`;
  };
  const tables = matrix.map(({ milestone, within, cells }) =>
    [
      `## ${milestone.charAt(0).toUpperCase()}${milestone.slice(1)}`,
      "",
      `Within ${within === "at once" ? "no time" : within}.`,
      "",
      "| Who | Held by (agreement/milestone/connection, grace) | Why not, or not by asking it |",
      "|---|---|---|",
      ...cells.map(written),
    ].join("\n"),
  );
  return `${HEAD}\n${tables.join("\n\n")}\n`;
}
