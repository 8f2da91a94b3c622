/**
 * Further places where orders come from: a marketplace and a configurator by webhook, field sales by files of a whole day, and a
 * translator of partners' old formats that has stood on the premises for twenty years.
 *
 * Each words an order its own way: the marketplace in items and minor units, the configurator as a quote that was accepted, field
 * sales as one row a line, the translator as flat IDocs. None keeps more than what it told, under a number that stays.
 *
 * @covers SYS-04, SYS-06, SYS-07, SYS-08
 */
import { type Body, list, optionalText, positiveQuantity, text } from "../kernel/call.ts";
import { cents, milli, money, quantity } from "../kernel/decimal.ts";
import { sender } from "../kernel/sender.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { itemOf } from "./goods.ts";
import { flatIdoc } from "./idoc.ts";

interface Line {
  readonly sku: string;
  readonly pieces: string;
  readonly price: string;
}

const linesIn = (body: Body): Line[] =>
  list(body, "lines").map((line) => {
    const sku = text(line, "sku");
    return {
      sku,
      pieces: quantity(positiveQuantity(line, "quantity")),
      price: money(cents(line.price ?? itemOf.get(sku)?.price, `The price of ${sku}`)),
    };
  });

const wanted = (body: Body): string =>
  optionalText(body, "requestedDate") ?? new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);

/** Orders of many sellers' customers, in minor units; the marketplace itself owes the money. */
export const marketplace = (tools: Tools): Trade =>
  sender(tools, {
    "place-order": (body, count) => {
      const number = optionalText(body, "number") ?? `MKT-${1001 + count}`;
      const items = linesIn(body).map(({ sku, pieces, price }, at) => ({
        orderItemId: `${number}-${at + 1}`,
        sellerSku: sku,
        quantityOrdered: Number(pieces),
        itemPrice: { minor: Number(cents(price)), currencyCode: "EUR" },
      }));
      const address = {
        name: "Jonas Weber",
        addressLine1: "Lindenweg 4",
        city: "Freiburg",
        postalCode: "79098",
        countryCode: "DE",
      };
      return {
        number,
        about: number,
        event: {
          type: "order.created",
          marketplaceOrderId: number,
          latestShipDate: wanted(body),
          shippingAddress: address,
          items,
        },
      };
    },
  });

/** A configured product was offered, and the customer took the offer. */
export const cpq = (tools: Tools): Trade =>
  sender(tools, {
    accept: (body, count) => {
      const number = optionalText(body, "number") ?? `Q-${1001 + count}`;
      return {
        number,
        about: number,
        event: {
          type: "quote.accepted",
          quote: number,
          account: optionalText(body, "customer") ?? "C-EAST",
          currency: "EUR",
          requestedDate: wanted(body),
          configuration: linesIn(body).map(({ sku, pieces, price }) => ({
            product: sku,
            options: body.options ?? {},
            pieces,
            netPrice: price,
          })),
        },
      };
    },
  });

/** A day of visits as one file: a row a line, written in the evening when there is a network again. */
export const fieldsales = (tools: Tools): Trade =>
  sender(
    tools,
    {
      "send-day": (body, count) => {
        const number = optionalText(body, "number") ?? `DAY-${1001 + count}`;
        const rows = list(body, "orders").flatMap((order, at) =>
          linesIn(order).map(({ sku, pieces, price }, line) =>
            [
              `${number}-${at + 1}`,
              optionalText(order, "customer") ?? "C-EAST",
              String(line + 1),
              sku,
              pieces,
              price,
              "EUR",
              wanted(order),
              optionalText(order, "rep") ?? "M. Keller",
            ].join(";"),
          ),
        );
        const head = "visit;customer;line;item;quantity;price;currency;wanted;rep";
        return {
          number,
          about: number,
          file: { name: `${number}.csv`, text: `${[head, ...rows].join("\n")}\n` },
        };
      },
    },
    { folder: "to-crossdock" },
  );

/** Partners whose old formats are made into IDocs before they leave the house. */
export const translator = (tools: Tools): Trade =>
  sender(
    tools,
    {
      "send-order": (body, count) => {
        const number = optionalText(body, "number") ?? `4500${1001 + count}`;
        const day = wanted(body).replaceAll("-", "");
        const lines = linesIn(body);
        const total = lines.reduce(
          (sum, { pieces, price }) => sum + (cents(price) * milli(pieces)) / 1000n,
          0n,
        );
        return {
          number,
          about: number,
          file: {
            name: `ORDERS_${String(count + 1).padStart(16, "0")}.idoc`,
            text: flatIdoc(
              {
                number: count + 1,
                type: "ORDERS05",
                message: "ORDERS",
                partner: optionalText(body, "partner") ?? "NORDIND",
              },
              [
                {
                  name: "E2EDK01005",
                  fields: [
                    [4, "EUR"],
                    [79, "NB"],
                    [83, number],
                  ],
                },
                {
                  name: "E2EDK03",
                  fields: [
                    [0, "002"],
                    [3, day],
                  ],
                },
                {
                  name: "E2EDKA1003",
                  fields: [
                    [0, "WE"],
                    [37, "North Industries"],
                    [282, "Lille"],
                    [344, "FR"],
                  ],
                },
                ...lines.flatMap(({ sku, pieces, price }, at) => [
                  {
                    name: "E2EDP01011",
                    fields: [
                      [0, String((at + 1) * 10).padStart(6, "0")],
                      [11, pieces],
                      [26, "EA"],
                      [29, pieces],
                      [44, "EA"],
                      [54, price],
                      [69, "1"],
                    ] as const,
                    children: [
                      {
                        name: "E2EDP19003",
                        fields: [
                          [0, "002"],
                          [3, sku],
                        ] as const,
                      },
                    ],
                  },
                ]),
                {
                  name: "E2EDS01",
                  fields: [
                    [0, "002"],
                    [3, money(total)],
                    [24, "EUR"],
                  ],
                },
              ],
            ),
          },
        };
      },
    },
    { folder: "to-crossdock" },
  );
