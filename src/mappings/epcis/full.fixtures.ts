/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  EPCIS: {
    text: '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-05T08:00:00Z","epcisBody":{"eventList":[{"type":"ObjectEvent","eventTime":"2026-01-05T08:00:00Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE","bizStep":"storing","disposition":"in_progress","epcList":["urn:epc:id:sscc:4012345.3000000001"],"readPoint":{"id":"https://id.meridian.example/place/A-01"},"bizLocation":{"id":"https://id.meridian.example/place/DOCK-2"}},{"type":"AggregationEvent","eventTime":"2026-01-05T08:00:20Z","eventTimeZoneOffset":"+00:00","action":"ADD","bizStep":"packing","parentID":"https://id.gs1.org/00/340123450000000018","childEPCs":[],"childQuantityList":[{"epcClass":"https://id.gs1.org/01/04098765100013","quantity":10}],"bizTransactionList":[{"type":"po","bizTransaction":"https://id.meridian.example/order/SO-1"}]},{"type":"TransactionEvent","eventTime":"2026-01-05T09:00:00Z","eventTimeZoneOffset":"+00:00","action":"ADD","bizTransactionList":[{"type":"po","bizTransaction":"https://id.meridian.example/order/SO-1"}],"epcList":[]}]}}',
    means: [
      {
        "inventory.handling-unit-moved": {
          sscc: "340123450000000017",
          from: "A-01",
          to: "DOCK-2",
          movedAt: "2026-01-05T08:00:00Z",
        },
      },
      {
        "inventory.goods-picked": {
          salesOrderId: "SO-1",
          handlingUnits: [
            {
              sscc: "340123450000000018",
            },
          ],
          lines: [
            {
              line: "1",
              item: "PUMP-100",
              quantity: {
                value: "10",
                uom: "EA",
              },
            },
          ],
          pickedAt: "2026-01-05T08:00:20Z",
        },
      },
    ],
    left: [
      "schemaVersion = 2.0",
      "creationDate = 2026-01-05T08:00:00Z",
      "events[0].bizStep = https://ref.gs1.org/cbv/BizStep-storing",
      "events[0].disposition = https://ref.gs1.org/cbv/Disp-in_progress",
      "events[0].readPoint.id = https://id.meridian.example/place/",
      "events[0].bizLocation.id = https://id.meridian.example/place/",
      "events[1].eventTimeZoneOffset = +00:00",
      "events[1].bizStep = https://ref.gs1.org/cbv/BizStep-packing",
      "events[1].bizTransactions[0].id = https://id.meridian.example/order/",
      "events[2].type = TransactionEvent",
      "events[2].eventTime = 2026-01-05T09:00:00Z",
      "events[2].eventTimeZoneOffset = +00:00",
      "events[2].action = ADD",
      "events[2].bizTransactions[0].type = https://ref.gs1.org/cbv/BTT-po",
      "events[2].bizTransactions[0].id = https://id.meridian.example/order/SO-1",
    ],
  },
};
