/**
 * Instances that run under an older version of a process: who could go on under the newest, who stays and why, and the move.
 *
 * The plan is read before anything is asked for, and again afterwards: what became of each is never assumed.
 */
import { useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import type { Mover, VersionCount } from "../../../runtime/moves.ts";
import { AskWhy } from "../actions.tsx";
import { useAnnounce } from "../announce.tsx";
import { change, get, useMay } from "../api.ts";
import { count, many } from "../format.ts";
import { Failed, Loading, Section } from "../parts.tsx";

/** As many as one request takes. */
const AT_ONCE = 100;
const AGAIN_MS = 5_000;

interface Course {
  readonly from: number;
  readonly to: number;
}

/** Nothing where all run under the newest version, and for who may not see all of the process. */
export function ProcessVersions({ name }: { name: string }) {
  const may = useMay();
  const { data } = useRead({
    queryKey: ["process versions", name],
    queryFn: () =>
      get<{ versions: readonly VersionCount[] }>(`/processes/${encodeURIComponent(name)}/versions`),
    refetchInterval: AGAIN_MS,
    enabled: may("view", "everywhere"),
  });
  const newest = data?.versions.findLast(({ isHere }) => isHere)?.version;
  const older = data?.versions.filter(
    ({ version, running, parked }) => newest !== undefined && version < newest && running + parked > 0,
  );
  if (newest === undefined || !older || older.length === 0) return null;
  return (
    <Section title="Older versions still run">
      {older.map(({ version, running, parked }) => (
        <Older
          key={version}
          name={name}
          course={{ from: version, to: newest }}
          standing={`${count(running)} running, ${count(parked)} stopped`}
        />
      ))}
    </Section>
  );
}

function Older({ name, course, standing }: { name: string; course: Course; standing: string }) {
  const [looking, look] = useState(false);
  return (
    <>
      <p>
        Version {course.from}: {standing}.{" "}
        {!looking && (
          <button type="button" className="button" onClick={() => look(true)}>
            Who can go on under version {course.to}?
          </button>
        )}
      </p>
      {looking && <Plan name={name} course={course} />}
    </>
  );
}

async function everyMover(name: string, { from, to }: Course): Promise<Mover[]> {
  const all: Mover[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const query: string = `from=${from}&to=${to}&after=${encodeURIComponent(after)}`;
    const page: { movers: readonly Mover[]; next: string | null } = await get(
      `/processes/${encodeURIComponent(name)}/moves?${query}`,
    );
    all.push(...page.movers);
    after = page.next;
  }
  return all;
}

function Plan({ name, course }: { name: string; course: Course }) {
  const { data, error, refetch } = useRead({
    queryKey: ["process moves", name, course.from, course.to],
    queryFn: () => everyMover(name, course),
    refetchInterval: AGAIN_MS,
  });
  if (!data)
    return error ? (
      <Failed error={error} what="who can go on" again={refetch} />
    ) : (
      <Loading label="who can go on" rows={2} />
    );
  const going = data.filter(({ verdict }) => verdict === "moves");
  const staying = Map.groupBy(
    data.filter(({ verdict }) => verdict === "stays"),
    ({ because }) => because ?? "",
  );
  return (
    <>
      <p>
        {many(going.length, "instance")} can go on under version {course.to}
        {[...staying].map(([because, those]) => (
          <span key={because}>
            ; {count(those.length)} such as {those[0]?.key} cannot: {because}
          </span>
        ))}
      </p>
      {going.length > 0 && <Move name={name} course={course} keys={going.map(({ key }) => key)} />}
    </>
  );
}

function Move({ name, course, keys }: { name: string; course: Course; keys: readonly string[] }) {
  const may = useMay();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [asking, ask] = useState(false);
  const move = useMutation({
    mutationFn: async (reason: string) => {
      let asked = 0;
      for (let at = 0; at < keys.length; at += AT_ONCE) {
        const body = { ...course, keys: keys.slice(at, at + AT_ONCE), reason };
        const path = `/processes/${encodeURIComponent(name)}/moves`;
        asked += (await change<{ asked: readonly string[] }>(queries, path, body)).asked.length;
      }
      return asked;
    },
    onSuccess: (asked) =>
      announce(true, `${many(asked, "instance")} asked to go on under version ${course.to}.`),
    onError: (error) => announce(false, error.message),
    onSettled: () => {
      for (const kind of ["process versions", "process moves"])
        void queries.invalidateQueries({ queryKey: [kind, name] });
    },
  });
  if (!may("decide", "everywhere")) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => ask(true)}>
        Move {many(keys.length, "instance")}…
      </button>
      {asking && (
        <AskWhy
          title={`Move ${many(keys.length, "instance")} to version ${course.to}?`}
          verb="Move"
          press={move}
          sends={(reason) => reason}
          onClose={() => ask(false)}
        >
          <p>
            Each goes on from where it stands, between two of its steps. One that went on meanwhile may stay;
            this page says so.
          </p>
        </AskWhy>
      )}
    </>
  );
}
