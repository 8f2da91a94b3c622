/**
 * The sets of a document as parts that are taken or refused one by one.
 *
 * A set counts as refused when it is broken itself or stands in a group or an interchange that is: what a partner may
 * have cut off is not acted upon.
 */
import type { ContractBroken } from "../../std/errors.ts";
import type { X12Document, X12Group, X12Interchange, X12Set } from "./document.ts";
import { refusalOf } from "./problems.ts";

export interface X12Part {
  readonly interchange: X12Interchange;
  readonly group: X12Group;
  readonly set: X12Set;
}

/**
 * Every set in the order of the file: with its envelope where it is sound, as the error that refuses it where not.
 * Made for the `split` of a flow.
 *
 * @example flow("acme-in").from(mailbox).decode(x12()).split("sets", partsOf)
 */
export const partsOf = (document: X12Document): (X12Part | ContractBroken)[] =>
  document.interchanges.flatMap((interchange) =>
    interchange.groups.flatMap((group) =>
      group.sets.map((set) => refusalOf(interchange, group, set) ?? { interchange, group, set }),
    ),
  );
