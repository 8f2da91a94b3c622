/**
 * The EDI partner's mailbox: everything it sends is acknowledged with a 997, everything we send it goes out as X12.
 */
import { type Flow, flow } from "crossdock";
import { operations, payments, sales, telling } from "crossdock/canon";
import {
  partsOf,
  readFunctionalAcknowledgement,
  type X12Document,
  type X12Set,
  x12,
} from "crossdock/codecs/x12";
import type { Connections } from "../connections.ts";
import { AGREED, control, fromPartner } from "../mappings/edi-in.ts";
import { acknowledged, toX12 } from "../mappings/edi-out.ts";
import type { Filled } from "../settings.ts";

/** Where the order stands that an acknowledgement is about: found by the control number of what we sent. */
const acknowledgedDocument = (set: X12Set) =>
  set.type === "997" || set.type === "999"
    ? [
        {
          key: {
            type: "partnerDocument",
            value: control(readFunctionalAcknowledgement(set).groupControlNumber),
          },
          give: "order",
        },
      ]
    : [];

/** The partner counts its interchanges; a file that holds several is known by its name and content alone. */
const interchangeNumber = ({ interchanges: [only, ...more] }: X12Document) =>
  only && more.length === 0 ? `${only.sender.id} ${control(only.controlNumber)}` : null;

export const acmeFlows = ({ acmeMailbox, acmeOutbox }: Connections, settings: Filled): Flow[] => [
  flow("acme-in")
    .from(acmeMailbox)
    .decode(x12())
    .identify("interchange number", interchangeNumber)
    .acknowledge("997", acknowledged(settings))
    .split("transaction sets", partsOf)
    .keep("this document is none we agreed on", ({ set }) => AGREED.includes(set.type))
    .lookUp(
      "order of an acknowledged document",
      ({ set }) => acknowledgedDocument(set),
      (part, [order]) => ({ ...part, order: order ?? null }),
      { optional: true },
    )
    .publishAs(
      [
        sales.OrderCaptured,
        sales.OrderChanged,
        sales.OrderCancelled,
        payments.RemittanceAdvised,
        operations.AcknowledgementReceived,
      ],
      fromPartner(settings),
    ),

  flow("acme-out").on(telling.SendDocument).map(toX12(settings)).deliver(acmeOutbox, x12()),
];
