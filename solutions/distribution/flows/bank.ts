/** Bank statements in, one fact for each payment on them. */
import { type Flow, flow } from "crossdock";
import { payments } from "crossdock/canon";
import { camt053 } from "crossdock/codecs/camt053";
import type { Connections } from "../connections.ts";
import * as mapping from "../mappings/bank.ts";

export const bankFlows = ({ bank }: Connections): Flow[] => [
  flow("bank-statements")
    .from(bank)
    .decode(camt053())
    .split("payments", mapping.paymentsOf)
    .lookUp("invoice named by the payer", mapping.toFind, mapping.recognised, { optional: true })
    .publishAs([payments.BankEntryReceived, payments.PaymentUnmatched], mapping.fromBank),
];
