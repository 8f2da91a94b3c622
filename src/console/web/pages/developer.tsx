/** For those who find out why: the demonstration with its faults here, the journal and the mappings on pages of their own. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAnnounce } from "../announce.tsx";
import { change, useSession } from "../api.ts";
import { Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { type Demonstration, Scoreboard, Stories, useDemonstration } from "./demonstration.tsx";
import { DemonstrationClock } from "./demonstration-clock.tsx";
import { DeveloperTabs } from "./developer-tabs.tsx";

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
      <DeveloperTabs />
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
        </>
      )}
      <DemonstrationClock />
      {data?.available && <Faults systems={data.systems} />}
      <Hint command="xd estate" />
    </div>
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
  const [system, choose] = useState("wms");
  const ill = systems.filter(({ faults }) => faults.length > 0);
  return (
    <Section title="Faults of the simulated systems">
      {may ? (
        <div className="filters">
          <label>
            <span>System</span>
            <select value={system} onChange={({ target }) => choose(target.value)}>
              {systems.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <span className="buttons">
            {Object.entries(FAULTS).map(([fault, words]) => (
              <button
                key={fault}
                type="button"
                className="button"
                disabled={set.isPending}
                onClick={() => set.mutate({ system, fault })}
              >
                {words}
              </button>
            ))}
          </span>
        </div>
      ) : (
        <p className="muted">Switching faults takes the role Integration developer.</p>
      )}
      {ill.length === 0 ? (
        <p className="muted">All {systems.length} simulated systems are well.</p>
      ) : (
        <div className="scroll">
          <table>
            <caption className="sr">Simulated systems that are not well</caption>
            <thead>
              <tr>
                <th scope="col">Not well</th>
                <th scope="col">How</th>
                <th scope="col">
                  <span className="sr">Make it well</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {ill.map(({ name, faults }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{faults.join(", ")}</td>
                  <td className="right">
                    {may && (
                      <button
                        type="button"
                        className="button quiet"
                        aria-label={`Well again: ${name}`}
                        disabled={set.isPending}
                        onClick={() => set.mutate({ system: name, fault: null })}
                      >
                        Well again
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
