/**
 * The fields machines send and read at the gateway, as schemas: amounts, quantities, numbers of things.
 *
 * A `description` of a text with a pattern completes "expected …" in problem details, so it is written for whoever made
 * the mistake. Decimals travel as text. The shapes made of these fields are inquiries (`canon/inquiries.ts`) and the
 * gateway's own requests.
 */
import Type from "typebox";

export const text = (max: number, description: string) =>
  Type.String({ minLength: 1, maxLength: max, pattern: "^[^\\u0000-\\u001f\\u007f]+$", description });

export const decimal = (description: string) =>
  Type.String({ pattern: "^\\d{1,15}(\\.\\d{1,6})?$", maxLength: 22, description });

export const money = decimal('an amount as text with a point, such as "500.00"');
export const quantity = Type.String({
  pattern: "^(?=.*[1-9])\\d{1,12}(\\.\\d{1,6})?$",
  maxLength: 19,
  description: 'a quantity above zero as text, such as "8"',
});
export const currency = Type.String({
  pattern: "^[A-Z]{3}$",
  description: "an ISO 4217 currency code, such as EUR",
});
export const customer = text(64, "a customer number of at most 64 characters, such as C-NORTH");
export const sku = text(64, "an item number of at most 64 characters, such as PUMP-100");
export const lineId = text(20, 'a line number of at most 20 characters, such as "1"');
export const day = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}$",
  description: "a date, such as 2026-12-01",
});
export const instant = Type.String({ description: "an instant, RFC 3339" });
