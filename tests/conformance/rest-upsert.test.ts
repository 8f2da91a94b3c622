/**
 * `rest-upsert` keeps its guarantees against the simulated CRM and the simulated ledger, each in its dialect.
 *
 * @covers PRD-01, PRD-06
 */
import { restUpsert } from "crossdock/connectors/rest-upsert";
import { expect, test } from "vitest";
import { againstEstate, TOKEN } from "./estate-world.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };

const ledger = (url: string) => ({
  url,
  token: TOKEN,
  dialect: "netsuite" as const,
  paths: { "finance.post-journal": "/services/rest/record/v1/journalEntry/eid:{key}" },
  timeoutMs: 3_000,
});

const journal = (id: string, amount = "80.00") => ({
  tranDate: "2026-11-20",
  memo: id,
  line: {
    items: [
      { account: "Receivables", debit: amount },
      { account: "Revenue", credit: "80.00" },
    ],
  },
});

const { estate } = againstEstate(
  restUpsert,
  [
    {
      system: "crm",
      config: (url) => ({
        url,
        token: TOKEN,
        dialect: "salesforce" as const,
        paths: {
          "crm.update-order": "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/{OrderNumber__c}",
        },
        timeoutMs: 3_000,
      }),
      parcel: (id) => ({
        contract: "crm.update-order",
        subject: `order/${id}`,
        data: { OrderNumber__c: id, Status__c: "posted" },
      }),
      effects: ({ records }, _, id) =>
        records.filter(({ externalId }: { externalId: string }) => externalId === id).length,
    },
    {
      system: "finance",
      config: ledger,
      parcel: (id) => ({ contract: "finance.post-journal", subject: `invoice/${id}`, data: journal(id) }),
      effects: ({ journalEntries }, { key }) =>
        journalEntries.filter(({ externalId }: { externalId: string }) => externalId === key).length,
    },
  ],
  { occupy: "an upsert overwrites what stood there before; that is its promise" },
);

test("a closed period is a matter of the business, an entry that does not balance one of the data", async () => {
  const session = await restUpsert.open(ledger(estate().url.finance ?? ""), around);
  const post = (data: unknown) =>
    session.deliver?.({
      key: "own-1",
      contract: "finance.post-journal",
      subject: "invoice/INV-1",
      mediaType: "application/json",
      body: new TextEncoder().encode(JSON.stringify(data)),
    });
  await expect(post(journal("INV-1", "81.00"))).rejects.toMatchObject({ name: "Refused", category: "data" });
  await estate().settings("finance", { periods: { "2026-11": "closed" } });
  await expect(post(journal("INV-1"))).rejects.toMatchObject({
    name: "Refused",
    category: "business",
    facts: { code: "PERIOD_CLOSED" },
  });
  await estate().settings("finance", { periods: { "2026-11": "open" } });
  expect(await post(journal("INV-1"))).toMatchObject({ reference: expect.stringMatching(/^\d+$/) });
  await session.close();
});
