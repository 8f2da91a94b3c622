/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  BAI2: {
    text: "01,071000013,MERIDIAN,260119,0730,17,,,2/\n02,MERIDIAN,071000013,1,260118,,EUR,2/\n03,4000123,,015,600000,,/\n16,165,600000,V,260120,,BANK-1,E2E-1,PAYS INV-90000001\n16,890,,,,,MESSAGE ONLY/\n49,1200000,4/\n98,1200000,1,6/\n99,1200000,1,8/",
    means: [
      {
        "finance.bank-entry-received": {
          statementId: "071000013/2026-01-19/17/2026-01-18/4000123",
          account: "4000123",
          bankReference: "BANK-1",
          amount: {
            amount: "6000.00",
            currency: "EUR",
          },
          creditDebitIndicator: "CRDT",
          bookingDate: "2026-01-18",
          valueDate: "2026-01-20",
          endToEndId: "E2E-1",
          remittance: "PAYS INV-90000001",
          invoiceId: null,
          salesOrderId: null,
        },
      },
    ],
    left: [
      "files[0].receiver = MERIDIAN",
      "files[0].createdAt = 07:30",
      "files[0].groups[0].receiver = MERIDIAN",
      "files[0].groups[0].originator = 071000013",
      "files[0].groups[0].status = 1",
      "files[0].groups[0].currency = EUR",
      "files[0].groups[0].modifier = 2",
      "files[0].groups[0].accounts[0].currency = EUR",
      "files[0].groups[0].accounts[0].summaries[0].type = 015",
      "files[0].groups[0].accounts[0].summaries[0].amount = 6000.00",
      "files[0].groups[0].accounts[0].entries[0].type = 165",
      "files[0].groups[0].accounts[0].entries[0].funds.type = V",
      "files[0].groups[0].accounts[0].entries[1].type = 890",
      "files[0].groups[0].accounts[0].entries[1].amount = 0.00",
      "files[0].groups[0].accounts[0].entries[1].currency = EUR",
      "files[0].groups[0].accounts[0].entries[1].text = MESSAGE ONLY",
    ],
  },
};
