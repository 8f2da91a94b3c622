/**
 * Machines by Sparkplug over MQTT, and the broker as the way to other sites and to subscribers outside.
 *
 * Cycles are added up before any ERP hears of them; that is the machine-output process. What leaves for the broker stands under
 * a topic of its own, where whoever comes later finds it.
 *
 * @covers SYS-13, SYS-17, SYS-43
 */
import { ContractBroken, connection, flow } from "crossdock";
import { finance, logistics, production } from "crossdock/canon";
import { sparkplug as codec, type SparkplugPayload } from "crossdock/codecs/sparkplug";
import { mqtt } from "crossdock/connectors/mqtt";
import { sparkplug } from "crossdock/mappings/sparkplug";
import { documentAsJson } from "../distribution/formats.ts";
import type { Neighbourhood } from "./neighbourhood.ts";

export interface ShopFloor {
  readonly broker: { readonly url: string; readonly username?: string; readonly password?: string };
  /** The Sparkplug group of the plant's edges, and our name as their host application. */
  readonly group: string;
  readonly host: string;
  readonly reconnectMs?: number;
}

type Cycle = (typeof production.MachineCycleCompleted)["sample"];

function cycleIn(payload: SparkplugPayload): Cycle {
  const [message] = sparkplug.read(payload, { partner: "machines" }).messages;
  if (message === undefined || message instanceof ContractBroken) {
    throw (
      message ??
      new ContractBroken("The machine counts nothing.", { facts: { expected: "a cycle", found: "none" } })
    );
  }
  return message.data as Cycle;
}

const counts = ({ metrics }: SparkplugPayload): boolean =>
  metrics.some(({ name }) => name === undefined || name === "Cycle/Number");

export function shopFloor({ broker, group, host, reconnectMs = 1_000 }: ShopFloor): Neighbourhood {
  const machines = connection("machines-day", mqtt, {
    title: "Machines of plant DAY",
    owner: "production",
    config: {
      ...broker,
      clientId: `${host}-machines`,
      subscribe: [`spBv1.0/${group}/#`],
      sparkplug: host,
      reconnectMs,
    },
  });
  const sites = connection("sites", mqtt, {
    title: "Broker between sites",
    owner: "integration",
    config: {
      ...broker,
      clientId: `${host}-sites`,
      topics: {
        [finance.InvoicePosted.name]: "meridian/invoices/{invoiceId}",
        [logistics.ShipmentDispatched.name]: "meridian/shipments/{shipmentId}",
      },
    },
  });
  return {
    flows: [
      flow("machine-counters")
        .from(machines)
        .decode(codec())
        .keep("it measures and counts nothing", counts)
        .map(cycleIn)
        .publish(production.MachineCycleCompleted),
      ...[finance.InvoicePosted, logistics.ShipmentDispatched].map((fact) =>
        flow(`sites-hear-${fact.name.replace(".", "-")}`)
          .on(fact as typeof finance.InvoicePosted)
          .map((about) => ({ about, document: { type: fact.name, ...about } }))
          .deliver(sites, documentAsJson()),
      ),
    ],
  };
}
