/**
 * What people of a plant do when it cannot be reached; an id is permanent, because wikis and notifications link to it.
 *
 * @covers RUN-01
 */
import type { Runbook } from "crossdock/server";

export const runbooks: readonly Runbook[] = [
  {
    id: "RUN-01",
    title: "A plant cannot be reached",
    effect:
      "The plant goes on producing and keeps its reports; stock and ledger lag behind until the line is back.",
    when: "Nothing comes from a plant for two minutes, or its warehouse does not answer.",
    systems: ["wms", "mes"],
    trigger: [{ check: "answers" }],
    steps: [
      {
        do: "Ask by another way whether the plant stands still or only the line is down.",
        check: { check: "others answer" },
      },
      { do: "See that the plant keeps recording: its own queue grows, its disk has room." },
      {
        do: "List what depends on the plant: promised orders, production orders, purchase orders. Tell the planner and customer service.",
      },
      { do: "Put off deadlines that cannot be met, with the reason and when it should end." },
      {
        do: "When the line is back, what waited goes in the order of each key, beside what is new.",
        check: { check: "answers" },
      },
      { do: "See that no report is missing and none is out of order.", check: { check: "nothing unclear" } },
      { do: "Compare stock and produced quantities with the plant.", check: { check: "systems agree" } },
    ],
    exit: [
      { check: "answers" },
      { check: "nothing unclear" },
      { check: "nothing waits" },
      { check: "in balance" },
      { check: "systems agree" },
    ],
    drill: {
      system: "wms",
      compares: { agreement: "stock", grace: "0s" },
      breaks: [
        { path: "/systems/mes/faults", body: { fault: "hold-webhooks" } },
        { path: "/systems/wms/faults", body: { fault: "down" } },
      ],
      traffic: ["2", "1", "3", "1", "2"].map((quantity) => ({
        path: "/systems/acme/acts/send-order",
        body: { lines: [{ sku: "PUMP-100", quantity, price: "500.00" }] },
      })),
      mends: [
        { method: "DELETE", path: "/systems/mes/faults" },
        { method: "DELETE", path: "/systems/wms/faults" },
      ],
    },
  },
];
