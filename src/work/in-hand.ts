/**
 * What workers have in their hands: begun, and not ended.
 *
 * A row of a worker that is gone says that it ended with this in its hands. Nobody has to notice that in time: who is gone
 * follows from the list of workers, so a worker that was only stopped takes its rows up again when it wakes.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

/** Something begun, and with how many workers it was lost before. */
export interface InHand {
  readonly what: string;
  readonly lost: number;
}

const Begun = columns({ what: "text", lost: "int2" });

/** Writes down what a worker begins, and takes off what it has ended, with what was left of that by workers that are gone. */
export const hold = (worker: string, begun: readonly InHand[], ended: readonly string[]): Statement[] => [
  ...(ended.length > 0 ? [putDown(worker, ended)] : []),
  ...(begun.length > 0
    ? [
        {
          name: "work take up",
          text: `insert into in_hand (worker, what, lost) select $1, b.what, b.lost from ${Begun.from(2, "b")}
            on conflict (worker, what) do update set lost = greatest(in_hand.lost, excluded.lost)`,
          values: [worker, ...Begun.values(begun)],
        },
      ]
    : []),
];

/** Relies on there being few rows: what is in somebody's hands, and what was when somebody was lost. */
export const putDown = (worker: string, ended: readonly string[]): Statement => ({
  name: "work put down",
  text: `delete from in_hand i where i.what = any($2)
    and (i.worker = $1 or not exists (select from worker w where w.id = i.worker))`,
  values: [worker, [...ended]],
});

/** What was in the hands of workers that are gone, and of how many. */
export const suspects: Statement = {
  name: "work suspects",
  text: `select i.what, max(i.lost) + 1 as lost from in_hand i
    where not exists (select from worker w where w.id = i.worker) group by i.what`,
  values: [],
};

/** A worker leaves in good order: nothing is in its hands. */
export const emptyHanded = (worker: string): Statement => ({
  name: "work empty handed",
  text: "delete from in_hand where worker = $1",
  values: [worker],
});

/** Who was lost longer ago than anybody is careful for is remembered no longer, nor what it had in its hands. */
export const forgetLost = (carefulMs: number): Statement => ({
  name: "work forget lost",
  text: `with old as (delete from lost_worker where at < clock_timestamp() - $1::int * interval '1 ms' returning id)
    delete from in_hand where worker in (select id from old)`,
  values: [carefulMs],
});
