/** Who the company of the demonstration is: only what the distribution solution asks of every company and nobody else can say. */
import type { DistributionSettings } from "../distribution/index.ts";

/** How the company is called, whom it trades with by EDI and in its shop, and what it packs. */
export const MERIDIAN = {
  ourselves: { qualifier: "ZZ", id: "MERIDIAN", name: "Meridian" },
  partner: { customer: "C-ACME", edi: { qualifier: "ZZ", id: "ACME" }, currency: "EUR" },
  shopCustomers: ["C-SHOP"],
  units: [{ item: "VALVE-20", from: "PK", to: "EA", numerator: 12, denominator: 1 }],
} as const satisfies Partial<DistributionSettings>;
