/** Rehearsals of a step that is to move: both systems book, and what they booked is held against each other. */
import { cutover } from "crossdock/canon";
import { approved, declined, overdue, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { cutOver, goodsReceiptsOf } from "../processes/cut-over.ts";

const process = cutOver({ ...standardPolicy, parallelRun: { inARow: 2, tolerance: "0.01" } });
const cutoverId = goodsReceiptsOf(standardPolicy);
const step = { cutoverId, step: "goods-receipt", entity: "ME-01", plant: "LYO" };
const wanted = (to: "legacy" | "shadow", reason: string) =>
  cutover.CutoverRequested.of({ ...step, to, by: "maria", reason });
const begin = wanted("shadow", "We begin.");
const begun = [begin, approved("switch")];
const posted = (document: string, side: "live" | "shadow", value: string) =>
  cutover.ParallelPosted.of({ cutoverId, document, side, figures: { value, "SEAL-9": "60" } });
const alike = (document: string) => [
  posted(document, "shadow", "300.00"),
  posted(document, "live", "300.01"),
];

const still = {
  ...step,
  stage: "legacy" as const,
  switches: 0,
  wanted: null,
  half: {},
  compared: 0,
  inARow: 0,
  causes: {},
};
const asked = { to: "shadow" as const, by: "maria", reason: "We begin." };
const comparing = { ...still, stage: "shadow" as const, switches: 1 };
const question = `maria wants ${cutoverId} to go from legacy to shadow: We begin.`;
const switched = (from: "legacy" | "shadow", to: "legacy" | "shadow", stage: string, reason: string) =>
  cutover.CutoverSwitched.of({ ...step, from, to, stage, by: "maria", reason, switchedAt: STILL });

export const rehearsals: readonly Rehearsal[] = [
  rehearsal("somebody wants to compare: whoever answers for it is asked", process)
    .given()
    .when(begin)
    .decides({ state: { ...still, wanted: asked }, ask: [{ approval: "switch", because: question }] }),
  rehearsal("a second wish waits for the decision on the first", process)
    .given(begin)
    .when(wanted("shadow", "Now."))
    .decides({ note: "maria has to wait: shadow is to be decided first." }),
  rehearsal("with a yes both book from now on, with name and reason", process)
    .given(begin)
    .when(approved("switch"))
    .decides({
      state: comparing,
      reach: "compared",
      withdraw: "criterion met",
      publish: [switched("legacy", "shadow", "1/shadow", "We begin.")],
    }),
  rehearsal("with a no everything stays as it is", process)
    .given(begin)
    .when(declined("switch", "Not at period end."))
    .decides({ state: still, note: `maria leaves ${cutoverId} at legacy: Not at period end.` }),
  rehearsal("an answer that does not come is asked for again", process)
    .given(begin)
    .when(overdue("switch"))
    .decides({ ask: [{ approval: "switch", because: "The switch still waits for a decision." }] }),
  rehearsal("who wants what is so already changes nothing", process)
    .given(...begun)
    .when(wanted("shadow", "Again."))
    .decides({ note: `${cutoverId} is at shadow already.` }),
  rehearsal("what one has booked waits for the other", process)
    .given(...begun)
    .when(posted("GR-1", "shadow", "300.00"))
    .decides({
      state: {
        ...comparing,
        half: { "GR-1": { side: "shadow" as const, figures: { value: "300.00", "SEAL-9": "60" } } },
      },
    }),
  rehearsal("told twice it is no pair", process)
    .given(...begun, posted("GR-1", "shadow", "300.00"))
    .when(posted("GR-1", "shadow", "300.00"))
    .decides({ note: "The shadow side has told of GR-1 before." }),
  rehearsal("a cent apart is alike; enough of them in a row meet the criterion", process)
    .given(...begun, ...alike("GR-1"), posted("GR-2", "live", "300.00"))
    .when(posted("GR-2", "shadow", "300.00"))
    .decides({ state: { ...comparing, compared: 2, inARow: 2 }, reach: "criterion met" }),
  rehearsal("one that differs is told with its cause, and the row begins anew", process)
    .given(...begun, ...alike("GR-1"), posted("GR-2", "live", "300.00"))
    .when(posted("GR-2", "shadow", "3600.00"))
    .decides({
      state: { ...comparing, compared: 2, causes: { "value of SEAL-9": 1 } },
      withdraw: "criterion met",
      publish: [
        cutover.ParallelDifferenceFound.of({
          cutoverId,
          document: "GR-2",
          cause: "value of SEAL-9",
          differences: [{ figure: "value", live: "300.00", shadow: "3600.00" }],
        }),
      ],
    }),
  rehearsal("who wants to end it reads how it stands", process)
    .given(...begun, ...alike("GR-1"), posted("GR-2", "live", "1.00"), posted("GR-2", "shadow", "2.00"))
    .when(wanted("legacy", "Enough."))
    .decides({
      state: {
        ...comparing,
        compared: 2,
        causes: { "value of SEAL-9": 1 },
        wanted: { to: "legacy" as const, by: "maria", reason: "Enough." },
      },
      ask: [
        {
          approval: "switch",
          because: `maria wants ${cutoverId} to go from shadow to legacy: Enough. 2 compared, 50 %, 0 alike in a row.`,
        },
      ],
    }),
  rehearsal("ended, the first books alone", process)
    .given(...begun, wanted("legacy", "Enough."))
    .when(approved("switch", "maria", "It agrees."))
    .decides({
      state: { ...comparing, stage: "legacy" as const, switches: 2 },
      withdraw: "compared",
      publish: [switched("shadow", "legacy", "2/legacy", "It agrees.")],
    }),
];
