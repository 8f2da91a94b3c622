/**
 * The procurement platform: requisitions somebody approved there, told once each.
 *
 * What must stay true: a requisition is approved once, with its prices and its supplier.
 *
 * @covers SYS-25
 */
import { list, optionalText, Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

export function procurement(tools: Tools): Trade {
  return desk(tools, ({ tell, told }) => ({
    collections: {},
    acts: {
      approve: (body) => {
        const requisition = text(body, "requisition");
        if (told.some((one) => one.requisition === requisition))
          throw new Refusal(409, "APPROVED_BEFORE", `Requisition ${requisition} is approved already.`);
        const lines = list(body, "lines").map((line, index) => ({
          line: optionalText(line, "line") ?? String(index + 1),
          sku: text(line, "sku"),
          quantity: text(line, "quantity"),
          price: text(line, "price"),
        }));
        tell(requisition, {
          type: "requisition.approved",
          requisition,
          supplier: text(body, "supplier"),
          needBy: text(body, "needBy"),
          approver: optionalText(body, "approver") ?? "marc",
          lines,
          ...(body.order === undefined ? {} : { order: text(body, "order") }),
        });
        return { requisition };
      },
    },
  }));
}
