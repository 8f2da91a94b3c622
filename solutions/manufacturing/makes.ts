/**
 * One thing made for an order, as far as it has come: its components, what is bought of them, and when making starts.
 *
 * One thing stays true: it is planned only when every component is set aside, or promised by a supplier for all that is short.
 * Pure; what is done about it stands in the process.
 */
import { decimals, UnitPrice } from "crossdock/canon";
import Type from "typebox";
import { dayAfter, days } from "./days.ts";

const Source = Type.Object({
  supplier: Type.String(),
  price: UnitPrice,
  deliveryDays: Type.Integer(),
});
const Part = Type.Object({
  item: Type.String(),
  required: Type.String(),
  /** Set aside by the warehouse; null until it has looked. */
  reserved: Type.Union([Type.String(), Type.Null()]),
  source: Type.Union([Source, Type.Null()]),
});
type Part = Type.Static<typeof Part>;

const Bought = Type.Object({
  purchaseOrderId: Type.String(),
  supplier: Type.String(),
  item: Type.String(),
  quantity: Type.String(),
  price: UnitPrice,
  needBy: Type.String(),
  /** The day the supplier said last, or null while it is silent. */
  promised: Type.Union([Type.String(), Type.Null()]),
});
export type Bought = Type.Static<typeof Bought>;

export const Make = Type.Object({
  productionOrderId: Type.String(),
  line: Type.String(),
  item: Type.String(),
  quantity: Type.String(),
  stage: Type.Enum(["checking", "reserving", "buying", "scheduled", "released"]),
  materials: Type.Array(Part),
  bought: Type.Array(Bought),
  makingDays: Type.Integer(),
  /** The planned day, "" before there is one; and how often it was planned. */
  start: Type.String(),
  version: Type.Integer(),
});
export type Make = Type.Static<typeof Make>;

export const each = (value: string) => ({ value, uom: "EA" });

export const begun = (productionOrderId: string, line: string, item: string, quantity: string): Make => ({
  productionOrderId,
  line,
  item,
  quantity,
  stage: "checking",
  materials: [],
  bought: [],
  makingDays: 0,
  start: "",
  version: 1,
});

export const find = (all: readonly Make[], productionOrderId: string): Make | undefined =>
  all.find((one) => one.productionOrderId === productionOrderId);

const missing = ({ required, reserved }: Part): string => decimals.subtract(required, reserved ?? "0");
export const isShort = (part: Part): boolean => decimals.isPositive(missing(part));

export const reserved = (make: Make, item: string, quantity: string): Make => ({
  ...make,
  materials: make.materials.map((one) => (one.item === item ? { ...one, reserved: quantity } : one)),
});

/** The purchase order for what is short of a component; none where nobody sells it. */
export const order = (make: Make, part: Part, at: string): Bought[] =>
  part.source === null
    ? []
    : [
        {
          purchaseOrderId: `${make.productionOrderId.replace(/^PR-/, "PO-")}-${part.item}`,
          supplier: part.source.supplier,
          item: part.item,
          quantity: missing(part),
          price: part.source.price,
          needBy: days(at.slice(0, 10), part.source.deliveryDays),
          promised: null,
        },
      ];

export const isBought = (bought: readonly Bought[], purchaseOrderId: string): boolean =>
  bought.some((one) => one.purchaseOrderId === purchaseOrderId);

export const promised = (make: Make, purchaseOrderId: string, day: string): Make => ({
  ...make,
  bought: make.bought.map((one) =>
    one.purchaseOrderId === purchaseOrderId ? { ...one, promised: day } : one,
  ),
});

/** Whether all that is short is promised. */
export const isCovered = ({ materials, bought }: Make): boolean =>
  materials
    .filter(isShort)
    .every(({ item }) => bought.some((one) => one.item === item && one.promised !== null));

/** The day after the last component comes; the day itself where nothing has to. */
export const startOf = ({ bought }: Make, at: string): string => {
  const last = bought
    .flatMap(({ promised: day }) => day ?? [])
    .sort()
    .at(-1);
  return last === undefined ? at.slice(0, 10) : dayAfter(last);
};
