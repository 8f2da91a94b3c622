/** What Home and the Developer page show of the demonstration: the scoreboard of the systems' own books, and the stories. */
import { useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import { useAnnounce } from "../announce.tsx";
import { change, get, useMay } from "../api.ts";
import { count, money } from "../format.ts";
import { Ago, Section } from "../parts.tsx";

export interface Demonstration {
  readonly available: boolean;
  readonly stories: readonly { readonly name: string; readonly title: string; readonly expect: string }[];
  readonly systems: readonly { readonly name: string; readonly faults: readonly string[] }[];
}
interface Score {
  readonly placed: number;
  readonly once: number;
  readonly twice: readonly string[];
  readonly underWay: number;
  readonly lost: readonly string[];
  readonly ledgerDifference: string;
  readonly asOf: string;
}

/** Whether simulated systems run here. Asked once a minute: it does not change while a dock runs. */
export const useDemonstration = () =>
  useRead({
    queryKey: ["demonstration"],
    queryFn: () => get<Demonstration>("/demonstration"),
    staleTime: 60_000,
  });

/** Four numbers from the books of the systems themselves; Crossdock is not asked how it did. */
export function Scoreboard() {
  const { data } = useRead({
    queryKey: ["demonstration", "score"],
    queryFn: () => get<Score>("/demonstration/scoreboard"),
    refetchInterval: 3_000,
  });
  if (!data) return null;
  const clean = data.twice.length + data.lost.length === 0 && Number(data.ledgerDifference) === 0;
  const figures: readonly (readonly [string, string, boolean])[] = [
    ["orders of partner and shop", count(data.placed), true],
    ["booked once", count(data.once), true],
    ["under way", count(data.underWay), true],
    ["booked twice", count(data.twice.length), data.twice.length === 0],
    ["lost", count(data.lost.length), data.lost.length === 0],
    [
      "ledger difference",
      money({ amount: data.ledgerDifference, currency: "EUR" }),
      Number(data.ledgerDifference) === 0,
    ],
  ];
  return (
    <Section
      title="What the systems’ own books say"
      aside={
        <span className="muted">
          read <Ago at={data.asOf} />
        </span>
      }
    >
      <dl className="score">
        {figures.map(([label, value, good]) => (
          <div key={label} className={good ? "" : "score-bad"}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        {clean
          ? "Nothing is booked twice, nothing is lost, and every ledger balances."
          : [
              ...data.twice.map((number) => `${number} twice`),
              ...data.lost.map((number) => `${number} lost`),
            ].join(", ")}
      </p>
    </Section>
  );
}

/** `short`: those that need no explanation, and where the others are. */
export function Stories({
  stories: all,
  short = false,
}: {
  stories: Demonstration["stories"];
  short?: boolean;
}) {
  const stories = short ? all.filter(({ name }) => !name.startsWith("scn-")) : all;
  const queries = useQueryClient();
  const announce = useAnnounce();
  const sees = useMay()("view");
  const play = useMutation({
    mutationFn: (story: string) =>
      change<{ order: string | null }>(queries, `/demonstration/stories/${encodeURIComponent(story)}`, {}),
    onSuccess: ({ order }, story) => {
      const told = stories.find(({ name }) => name === story);
      announce(true, `${told?.title ?? "Done"}${order ? `: order ${order}` : ""}. ${told?.expect ?? ""}`);
    },
    onError: (error) => announce(false, error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["demonstration"] }),
  });
  return (
    <Section title="Break something, and watch">
      <ul className="stories">
        {stories.map(({ name, title, expect }) => (
          <li key={name}>
            <button
              type="button"
              className="button"
              disabled={play.isPending}
              onClick={() => play.mutate(name)}
            >
              {title}
            </button>
            <p className="muted">{expect}</p>
          </li>
        ))}
      </ul>
      <p hidden={!sees}>
        Then look at <Link href="/">Home</Link>, at <Link href="/documents">the latest documents</Link>, or
        type the order’s number.
        {short && (
          <>
            {" "}
            <Link href="/dev">{count(all.length - stories.length)} longer stories, faults and a clock</Link>
          </>
        )}
      </p>
    </Section>
  );
}
