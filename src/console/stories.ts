/**
 * Stories of the demonstration: what can go wrong in the simulated systems, pressed as a button, with what should happen then.
 *
 * They act on the simulated systems through their own control plane and never on Crossdock; nothing of it exists where no
 * simulated systems run. Pure data: `demonstration-api.ts` carries it out.
 */
import type { Deed } from "../runtime/runbooks.ts";

/** `$po` in a body is the number of the document the story is about by then. */
export interface StoryDeed extends Deed {
  /** Wait until that document has reached this milestone; the story goes on by itself. */
  readonly after?: string;
  /** From here on the story is about the document of this number; an order that is sent brings its own. */
  readonly about?: string;
}

export interface DemoStory {
  readonly name: string;
  readonly title: string;
  /** What should happen, in the words of whoever watches. */
  readonly expect: string;
  readonly deeds: readonly StoryDeed[];
}

const order = (quantity = "2"): StoryDeed => ({
  path: "/systems/acme/acts/send-order",
  body: { lines: [{ sku: "PUMP-100", quantity, price: "500.00" }] },
});
/** The accounting period of a day, as the simulated finance system names it. */
const period = (now: Date): string => now.toISOString().slice(0, 7);

/** What goes wrong in one system, one at a time. */
export const mishapStories = (now: Date): readonly DemoStory[] => [
  {
    name: "order",
    title: "Send an order",
    expect: "A partner drops an X12 850. Watch it become accepted, allocated, dispatched, invoiced, paid.",
    deeds: [order()],
  },
  {
    name: "warehouse-offline",
    title: "Take the warehouse offline",
    expect:
      "For 30 seconds the warehouse refuses every connection, and two orders come in. They wait safely and go on by themselves when it is back; each is shipped once.",
    deeds: [{ path: "/systems/wms/faults", body: { fault: "down", ms: 30_000 } }, order(), order("1")],
  },
  {
    name: "lose-answer",
    title: "Lose an answer of the ERP",
    expect:
      "The ERP books the next order and its answer is lost. Crossdock cannot know, so it asks the ERP before it sends anything again: the order stands there once.",
    deeds: [
      { path: "/systems/erp/faults", body: { fault: "lose-answer", times: 1, path: "A_SalesOrder" } },
      order(),
    ],
  },
  {
    name: "same-order-twice",
    title: "Send the same order twice",
    expect: "The same file arrives twice under two names. The second one is recognised and changes nothing.",
    deeds: [{ path: "/systems/acme/faults", body: { fault: "duplicate-webhooks", times: 1 } }, order()],
  },
  {
    name: "close-period",
    title: "Close the period",
    expect:
      "Finance closes this month and an order runs into it. Its posting is held and shown to a person; open the period and try again.",
    deeds: [{ path: "/systems/finance/settings", body: { periods: { [period(now)]: "closed" } } }, order()],
  },
  {
    name: "open-period",
    title: "Open the period again",
    expect: "New postings pass. Those that were held wait for a person under Exceptions: Try again.",
    deeds: [{ path: "/systems/finance/settings", body: { periods: { [period(now)]: "open" } } }],
  },
  {
    name: "change-after-allocation",
    title: "Change an order after allocation",
    expect:
      "An order of 10 is reserved, then the customer wants 8: two are released again. Is it on its way already, the change is refused and shown to customer service.",
    deeds: [
      order("10"),
      {
        path: "/systems/acme/acts/send-change",
        body: { poNumber: "$po", lines: [{ line: "1", quantity: "8" }] },
        after: "allocated",
      },
    ],
  },
];
