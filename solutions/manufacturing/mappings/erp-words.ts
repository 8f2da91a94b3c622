/** How an ERP counts, and what it must say: shared by all that is told to it and heard from it. */
import { ContractBroken } from "crossdock";
import { need } from "./webhooks.ts";

export type Of<Contract extends { sample: unknown }> = Contract["sample"];

export const PIECE = "EA";

/** @throws {ContractBroken} when a quantity is in another unit than pieces */
export const pieces = ({ value, uom }: { value: string; uom: string }): string => {
  if (uom === PIECE) return value;
  throw new ContractBroken(`A quantity is in ${uom}, and the ERP counts pieces.`, {
    facts: { field: "uom", expected: PIECE, found: uom },
  });
};

/** What the ERP has to say. @throws {ContractBroken} where it does not */
export const given = <Value>(value: Value | undefined, field: string): Value => need(value, field, "The ERP");
