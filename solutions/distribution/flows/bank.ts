/** Bank statements in, in the format agreed with the bank, one fact for each payment on them. */
import { type Codec, type Flow, flow } from "crossdock";
import { payments } from "crossdock/canon";
import { bai2 as bai2Codec } from "crossdock/codecs/bai2";
import { camt053 } from "crossdock/codecs/camt053";
import { mt940 as mt940Codec } from "crossdock/codecs/mt940";
import { bai2 } from "crossdock/mappings/bai2";
import { camt, type Mapped } from "crossdock/mappings/iso20022";
import { mt940 } from "crossdock/mappings/mt940";
import type { Connections } from "../connections.ts";
import * as mapping from "../mappings/bank.ts";
import type { Filled } from "../settings.ts";

const OURS = { partner: "bank" };

export function bankFlows({ bank }: Connections, { bankFormat }: Filled): Flow[] {
  const statements = <Document>(codec: Codec<Document>, read: (document: Document) => Mapped): Flow[] => [
    flow("bank-statements")
      .from(bank)
      .decode(codec)
      .split("payments", (document) => mapping.paymentsOf(read(document)))
      .lookUp("what the payment names", mapping.toFind, mapping.recognised, { optional: true })
      .publishAs(
        [payments.BankEntryReceived, payments.PaymentUnmatched, payments.PaymentSettled],
        mapping.fromBank,
      ),
  ];
  switch (bankFormat) {
    case "camt.053":
      return statements(camt053(), (document) => camt["camt.053"].read(document, OURS));
    case "mt940":
      return statements(mt940Codec(), (document) => mt940.read(document, OURS));
    case "bai2":
      return statements(bai2Codec(), (document) => bai2.read(document, OURS));
  }
}
