/**
 * Order-to-cash rehearsed: every reaction and every branch, as data.
 *
 * Tests check them, `crossdock process draw order-to-cash` draws the paths they walk.
 */
import type { Rehearsal } from "crossdock/testing";
import { captureRehearsals, changeRehearsals } from "./rehearsals/capture.ts";
import { customerBalanceRehearsals } from "./rehearsals/customer-balance.ts";
import { fulfilmentRehearsals } from "./rehearsals/fulfilment.ts";
import { moveRehearsals } from "./rehearsals/moves.ts";
import { paymentBackRehearsals } from "./rehearsals/payment-back.ts";
import { releaseRehearsals } from "./rehearsals/release.ts";
import { serviceRehearsals } from "./rehearsals/services.ts";
import { settlementRehearsals } from "./rehearsals/settlement.ts";
import { taxRehearsals } from "./rehearsals/tax.ts";

export const rehearsals: readonly Rehearsal[] = [
  ...captureRehearsals,
  ...changeRehearsals,
  ...taxRehearsals,
  ...fulfilmentRehearsals,
  ...moveRehearsals,
  ...settlementRehearsals,
  ...paymentBackRehearsals,
  ...customerBalanceRehearsals,
  ...serviceRehearsals,
  ...releaseRehearsals,
];
