/** Rehearsals of an order that leaves from another warehouse: goods are moved there first, and only what stands there is called for. */

import { send } from "crossdock";
import { inventory, transfers } from "crossdock/canon";
import { rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, CUSTOMER, line, NOW, ORDER, pumps } = facts;

const WAREHOUSE = "WH-ROT";
const process = orderToCash({
  ...standardPolicy,
  shipsFrom: { [CUSTOMER]: WAREHOUSE },
  partialDelivery: [CUSTOMER],
});
const told = (name: string) => rehearsal(name, process);

const order = { ...at().order, shipsFrom: WAREHOUSE };
const fulfilling = (more: Parameters<typeof at>[0] = {}) => facts.fulfilling({ order, ...more });
const came = (value: string, report: string) =>
  inventory.StockAllocated.of({
    salesOrderId: ORDER,
    allocationId: "TR-1",
    reportId: report,
    warehouse: WAREHOUSE,
    allocations: [pumps(value)],
    shortfall: [],
    allocatedAt: NOW,
  });
const moved = fulfilling({ moves: 1, heard: ["allocated WH-1"] });
const called = (value: string, shipped: string, calls: number) => ({
  lines: [line({ allocated: value }, { askedToAllocate: "10", askedToShip: shipped })],
  moves: 1,
  calls,
  freight: { attempts: 1 },
});

export const moveRehearsals = [
  told("the warehouse that sets goods aside is told from where the order leaves")
    .given(facts.captured(), facts.prices())
    .when(facts.creditApproved())
    .decides({
      state: fulfilling({ erp: { sent: true, orderId: null, change: 0 } }),
      reach: ["credit approved"],
      send: [acts.postSalesOrder(at({ order })), acts.allocateStock(at({ order }), [pumps("10")])],
    }),
  told("what is set aside elsewhere is moved there, and nothing is called for yet")
    .given(...facts.toFulfilment)
    .when(facts.allocated("7"))
    .decides({
      state: moved,
      send: [
        send(
          transfers.TransferStock.of({
            transferId: `TR-${ORDER.slice(3)}-1`,
            salesOrderId: ORDER,
            ...pumps("7"),
            to: WAREHOUSE,
          }),
        ),
      ],
      note: `7 EA of PUMP-100 go to ${WAREHOUSE}, where the order leaves from.`,
    }),
  told("what has come there is called for there")
    .given(...facts.toFulfilment, facts.allocated("7"))
    .when(came("7", "RR-1"))
    .decides({
      state: fulfilling({ ...called("7", "7", 1), heard: ["allocated WH-1", "allocated RR-1"] }),
      publish: [facts.freightRequested(1)],
      send: [acts.shipOrder(at({ order, calls: 1 }), [pumps("7")]), acts.bookFreight(at({ order }), 1)],
    }),
  told("what comes later is another call, so that it is not taken for the first one again")
    .given(...facts.toFulfilment, facts.allocated("7"), came("7", "RR-1"))
    .when(came("3", "RR-2"))
    .decides({
      state: fulfilling({
        ...called("10", "10", 2),
        allocatedSaid: true,
        heard: ["allocated WH-1", "allocated RR-1", "allocated RR-2"],
      }),
      reach: ["allocated"],
      send: [acts.shipOrder(at({ order, calls: 2 }), [pumps("3")])],
      stop: ["shortage"],
    }),
  told("what our own warehouse gives free does not touch what stands where the order leaves from")
    .given(...facts.toFulfilment, facts.allocated("7"), came("7", "RR-1"))
    .when(facts.released("3"))
    .decides({
      state: fulfilling({
        ...called("7", "7", 1),
        heard: ["allocated WH-1", "allocated RR-1", "released RL-1"],
      }),
      note: "Not where the order leaves from: Recounted.",
    }),
];
