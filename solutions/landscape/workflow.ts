/**
 * A workflow and rules engine the company has already: a credit that is held is put to its rules, and is a case for its people.
 *
 * What it approves is a credit approval like any other, by whoever the engine names; what it does not approve stays with whoever holds it
 * here.
 *
 * @covers SYS-44
 */
import { connection, flow } from "crossdock";
import { sales } from "crossdock/canon";
import { http } from "crossdock/connectors/http";
import { documentAsJson, json } from "../distribution/formats.ts";
import { at, type TellingSystem } from "./neighbourhood.ts";

interface CaseWebhook {
  readonly occurredAt: string;
  readonly decision: string;
  readonly by: string;
  readonly variables: {
    readonly order: string;
    readonly change: number;
    readonly amount: string;
    readonly currency: string;
  };
}

export function workflowFlows(system: TellingSystem) {
  const line = connection("workflow", http, {
    title: "Workflow engine",
    owner: "credit-team",
    config: {
      ...at(system),
      reference: "id",
      paths: { [sales.CreditHeld.name]: "/cases" },
      asks: { "credit-rules": "/decisions/credit-rules" },
    },
  });
  return [
    // The company's own rules are asked first to answer; what they leave to a person is a case beside.
    flow("credit-rules")
      .on(sales.CreditHeld)
      .map((about) => ({ about, ...about.amount }))
      .ask(line, "credit-rules")
      .answer([sales.CreditApproved], ({ answer }, { about }) => {
        const { outcome, rule } = answer as { readonly outcome: string; readonly rule: string };
        if (outcome !== "approve") return [];
        const { salesOrderId, sequenceNumberId, amount } = about;
        return [
          sales.CreditApproved.of({ salesOrderId, sequenceNumberId, amount, approver: `rule ${rule}` }),
        ];
      }),
    flow("credit-cases")
      .on(sales.CreditHeld)
      .map((about) => ({
        about,
        document: {
          workflow: "credit-review",
          key: `${about.salesOrderId}/${about.sequenceNumberId}`,
          variables: {
            order: about.salesOrderId,
            change: about.sequenceNumberId,
            amount: about.amount.amount,
            currency: about.amount.currency,
            reason: about.reason,
          },
        },
      }))
      .deliver(line, documentAsJson()),
    flow("decided-cases")
      .from(line)
      .decode(json)
      .map((told) => told as CaseWebhook)
      .keep(
        "the case was not approved; whoever holds it here decides",
        ({ decision }) => decision === "approved",
      )
      .publishAs(
        [sales.CreditApproved],
        ({ by, occurredAt, variables: { order, change, amount, currency } }) =>
          sales.CreditApproved.of({
            salesOrderId: order,
            sequenceNumberId: change,
            amount: { amount, currency },
            approver: by,
            asOf: occurredAt,
          }),
      ),
  ];
}
