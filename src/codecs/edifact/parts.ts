/**
 * The messages of a document as parts that are taken or refused one by one.
 *
 * A message counts as refused when it is broken itself or stands in a group or an interchange that is: what a partner may
 * have cut off is not acted upon.
 */
import type { ContractBroken } from "../../std/errors.ts";
import type { EdifactDocument, EdifactGroup, EdifactInterchange, EdifactMessage } from "./document.ts";
import { refusalOf } from "./problems.ts";

export interface EdifactPart {
  readonly interchange: EdifactInterchange;
  readonly group: EdifactGroup;
  readonly message: EdifactMessage;
}

/**
 * Every message in the order of the file: with its envelope where it is sound, as the error that refuses it where not.
 * Made for the `split` of a flow.
 *
 * @example flow("meridian-in").from(mailbox).decode(edifact()).split("messages", partsOf)
 */
export const partsOf = (document: EdifactDocument): (EdifactPart | ContractBroken)[] =>
  document.interchanges.flatMap((interchange) =>
    interchange.groups.flatMap((group) =>
      group.messages.map(
        (message) => refusalOf(interchange, group, message) ?? { interchange, group, message },
      ),
    ),
  );
