/** The demonstration: stories that break the simulated systems, what should happen then, and a scoreboard read from their books. */
import { useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import { useAnnounce } from "../announce.tsx";
import { change, get, useSession } from "../api.ts";
import { count, money } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";

interface Demonstration {
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

/** What each fault does, for people. */
const FAULTS: Readonly<Record<string, string>> = {
  down: "Away for 30 s",
  slow: "Slow",
  refuse: "Says no to the next",
  "lose-answer": "Loses the next answer",
  busy: "Busy",
};
const BODY: Readonly<Record<string, object>> = {
  down: { ms: 30_000 },
  slow: { ms: 3_000 },
  refuse: { times: 1 },
  "lose-answer": { times: 1 },
  busy: { times: 10 },
};

export function DeveloperPage() {
  const { data, error, refetch } = useDemonstration();
  return (
    <div className="page">
      <h1>Developer</h1>
      {error && !data && <Failed error={error} what="the demonstration" again={refetch} />}
      {!data && !error && <Loading label="the demonstration" rows={6} />}
      {data && !data.available && (
        <div className="card">
          <Empty>No simulated systems run beside this dock. Start them with crossdock dev.</Empty>
        </div>
      )}
      {data?.available && (
        <>
          <Scoreboard />
          <Stories stories={data.stories} />
          <Faults systems={data.systems} />
        </>
      )}
      <Hint command="xd estate" />
    </div>
  );
}

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
    ["orders placed", count(data.placed), true],
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

export function Stories({ stories }: { stories: Demonstration["stories"] }) {
  const queries = useQueryClient();
  const announce = useAnnounce();
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
      <p>
        Then look at <Link href="/">Home</Link>, at <Link href="/documents">the latest documents</Link>, or
        type the order’s number.
      </p>
    </Section>
  );
}

function Faults({ systems }: { systems: Demonstration["systems"] }) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { data: session } = useSession();
  const may = session?.permissions.includes("develop") ?? false;
  const set = useMutation({
    mutationFn: ({ system, fault }: { system: string; fault: string | null }) =>
      change(queries, `/demonstration/systems/${system}/faults`, {
        fault,
        ...(fault === null ? {} : BODY[fault]),
      }),
    onSuccess: (_, { system, fault }) =>
      announce(true, fault === null ? `${system}: all faults have ended.` : `${system}: ${FAULTS[fault]}.`),
    onError: (error) => announce(false, error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["demonstration"] }),
  });
  return (
    <Section title="Faults of the simulated systems">
      {!may && <p className="muted">You may look; switching faults takes the role Integration developer.</p>}
      <div className="scroll">
        <table>
          <caption className="sr">Simulated systems and their faults</caption>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Now</th>
              <th scope="col">Make it</th>
            </tr>
          </thead>
          <tbody>
            {systems.map(({ name, faults }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{faults.length === 0 ? "well" : faults.join(", ")}</td>
                <td>
                  <span className="buttons">
                    {Object.entries(FAULTS).map(([fault, words]) => (
                      <button
                        key={fault}
                        type="button"
                        className="button quiet"
                        disabled={!may || set.isPending}
                        onClick={() => set.mutate({ system: name, fault })}
                      >
                        {words}
                      </button>
                    ))}
                    <button
                      type="button"
                      className="button quiet"
                      disabled={!may || set.isPending || faults.length === 0}
                      onClick={() => set.mutate({ system: name, fault: null })}
                    >
                      Well again
                    </button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
