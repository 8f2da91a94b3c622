/**
 * What a target would have told us, when a person says in its place: it was booked, under this number.
 *
 * A process waits for the answer, not for the delivery. So a delivery that is settled by hand tells the same facts as one
 * that was answered, as far as a number can; what cannot be told that way is shown to a person instead of being waited for
 * in silence.
 */
import { walkOut } from "../flows/walk.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import type { OpenDelivery } from "../work/deliveries.ts";
import type { Arranged } from "./arrangement.ts";
import { resume } from "./resume.ts";
import type { Store } from "./store.ts";

/**
 * The facts that follow from a delivery's having been booked under `reference`; none when its flow tells none.
 *
 * @throws whatever the flow's answer throws when a number is not enough for it
 */
export async function toldByHand(
  open: OpenDelivery,
  reference: string,
  by: string,
  definitions: Arranged,
  store: Pick<Store, "lookUp">,
): Promise<Entry[]> {
  const flow = definitions.outbound.get(open.flow);
  const contract = definitions.contracts.get(open.contract);
  if (!flow?.tell || !contract) return [];
  const data = contract.read(JSON.parse(open.data), open.version);
  const { kind, name, version } = contract;
  const message = {
    kind,
    contract: name,
    version,
    key: open.subject,
    correlation: open.correlation,
    keys: [],
    data,
  };
  const walked = await resume(walkOut(flow, message), store);
  const cargo = "cargo" in walked ? walked.cargo : undefined;
  return flow.tell({ reference }, cargo).map((answer, index) =>
    entryOf(answer, {
      id: `${open.key}:${index}`,
      source: open.connection,
      correlation: open.correlation,
      causation: `delivery:${open.key}`,
      occurredAt: null,
      routed: false,
      extra: {
        delivery: open.key,
        connection: open.connection,
        contract: open.contract,
        reference,
        attempts: open.attempts,
        by,
      },
    }),
  );
}
