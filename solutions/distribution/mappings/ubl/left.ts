/** What a UBL document says that no field of ours stands for: every value outside the places a mapping names. */
import type { UblMessage } from "crossdock/codecs/ubl";

export interface Left {
  /** e.g. `lines[0].lineItem.item.name`, or the path of an element the codec does not carry. */
  readonly place: string;
  readonly value: string;
}

/** @param carried places by pattern; a place stands for everything inside it */
export function leftOf({ body, notCarried }: UblMessage, carried: readonly RegExp[]): Left[] {
  const left: Left[] = [];
  const walk = (value: unknown, place: string): void => {
    if (carried.some((pattern) => pattern.test(place))) return;
    if (typeof value === "object" && value !== null) {
      for (const [key, inside] of Object.entries(value)) {
        walk(inside, Array.isArray(value) ? `${place}[${key}]` : place === "" ? key : `${place}.${key}`);
      }
    } else left.push({ place, value: String(value) });
  };
  walk(body, "");
  return [...left, ...notCarried.map(({ path, text }) => ({ place: path, value: text }))];
}
