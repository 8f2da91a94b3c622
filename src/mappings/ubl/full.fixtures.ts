/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  CreditNote: {
    text: '{"id":"CN-1","issueDate":"2026-01-14","typeCode":"381","notes":["Two damaged"],"currency":"EUR","orderReference":{"id":"SO-1"},"billingReferences":[{"invoice":{"id":{"id":"INV-1"}}}],"supplier":{"party":{"names":[{"name":"Meridian"}]}},"customer":{"party":{"names":[{"name":"ACME"}]}},"taxTotals":[{"taxAmount":{"amount":"200.00","currency":"EUR"}}],"total":{"lineExtensionAmount":{"amount":"1000.00","currency":"EUR"},"taxExclusiveAmount":{"amount":"1000.00","currency":"EUR"},"taxInclusiveAmount":{"amount":"1200.00","currency":"EUR"},"payableAmount":{"amount":"1200.00","currency":"EUR"}},"lines":[{"id":"1","quantity":{"value":"2","uom":"EA"},"lineExtensionAmount":{"amount":"1000.00","currency":"EUR"},"item":{"name":"PUMP-100","sellersId":{"id":{"id":"PUMP-100"}}}}]}',
    means: [
      {
        "finance.credit-note-issued": {
          creditNoteId: "CN-1",
          reason: "Two damaged",
          issueDate: "2026-01-14",
          taxInclusiveAmount: {
            amount: "1200.00",
            currency: "EUR",
          },
          salesOrderId: "SO-1",
          billingReference: "INV-1",
          taxExclusiveAmount: {
            amount: "1000.00",
            currency: "EUR",
          },
          taxAmount: {
            amount: "200.00",
            currency: "EUR",
          },
          lines: [
            {
              line: "1",
              quantity: {
                value: "2",
                uom: "EA",
              },
              amount: {
                amount: "1000.00",
                currency: "EUR",
              },
              item: "PUMP-100",
            },
          ],
        },
      },
    ],
    left: [],
  },
  DespatchAdvice: {
    text: '{"id":"ASN-1","issueDate":"2026-01-11","issueTime":"09:30:00Z","orderReferences":[{"id":"PO-501"}],"despatchSupplier":{"party":{"names":[{"name":"Seals"}]}},"deliveryCustomer":{"party":{"names":[{"name":"Meridian"}]}},"shipment":{"id":"S1","consignments":[{"id":"1","carrier":{"names":[{"name":"Rhone Express"}]}}],"delivery":{"estimatedPeriod":{"endDate":"2026-01-12"}},"handlingUnits":[{"id":{"id":"340123450000000025"}}]},"lines":[{"id":"1","deliveredQuantity":{"value":"60","uom":"EA"},"orderLineReferences":[{"lineId":"1"}],"item":{"name":"SEAL-9","sellersId":{"id":{"id":"SEAL-9"}}}}]}',
    means: [
      {
        "procurement.shipment-notified": {
          despatchAdviceId: "ASN-1",
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          carrier: "Rhone Express",
          notifiedAt: "2026-01-11T09:30:00Z",
          arrivalDate: "2026-01-12",
          sscc: ["340123450000000025"],
          lines: [
            {
              line: "1",
              quantity: {
                value: "60",
                uom: "EA",
              },
              item: "SEAL-9",
            },
          ],
        },
      },
    ],
    left: [
      "despatchSupplier.party.names[0].name = Seals",
      "shipment.id = S1",
      "shipment.consignments[0].id = 1",
    ],
  },
  Invoice: {
    text: '{"id":"SI-88","issueDate":"2026-01-12","dueDate":"2026-02-11","typeCode":"380","currency":"EUR","orderReference":{"id":"PO-501"},"supplier":{"party":{"names":[{"name":"Seals"}]}},"customer":{"party":{"names":[{"name":"Meridian"}]}},"paymentMeans":[{"code":{"code":"30"}}],"taxTotals":[{"taxAmount":{"amount":"60.00","currency":"EUR"}}],"total":{"lineExtensionAmount":{"amount":"300.00","currency":"EUR"},"taxExclusiveAmount":{"amount":"300.00","currency":"EUR"},"taxInclusiveAmount":{"amount":"360.00","currency":"EUR"},"payableAmount":{"amount":"360.00","currency":"EUR"}},"lines":[{"id":"1","quantity":{"value":"60","uom":"EA"},"lineExtensionAmount":{"amount":"300.00","currency":"EUR"},"orderLineReferences":[{"lineId":"1"}],"item":{"name":"SEAL-9","sellersId":{"id":{"id":"SEAL-9"}}},"price":{"amount":{"amount":"5.00","currency":"EUR"}}}]}',
    means: [
      {
        "procurement.invoice-received": {
          supplierInvoiceId: "SI-88",
          supplier: "C-ACME",
          issueDate: "2026-01-12",
          taxInclusiveAmount: {
            amount: "360.00",
            currency: "EUR",
          },
          dueDate: "2026-02-11",
          purchaseOrderId: "PO-501",
          taxExclusiveAmount: {
            amount: "300.00",
            currency: "EUR",
          },
          taxAmount: {
            amount: "60.00",
            currency: "EUR",
          },
          lines: [
            {
              line: "1",
              quantity: {
                value: "60",
                uom: "EA",
              },
              amount: {
                amount: "300.00",
                currency: "EUR",
              },
              item: "SEAL-9",
            },
          ],
        },
      },
    ],
    left: [
      "supplier.party.names[0].name = Seals",
      "paymentMeans[0].code.code = 30",
      "lines[0].price.amount.amount = 5.00",
      "lines[0].price.amount.currency = EUR",
    ],
  },
  Order: {
    text: '{"id":"PO-4711","issueDate":"2026-01-05Z","currency":"EUR","notes":["Gate 3"],"buyer":{"party":{"names":[{"name":"ACME"}]}},"seller":{"party":{"names":[{"name":"Meridian"}]}},"customization":"urn:order:3","deliveries":[{"requestedPeriod":{"endDate":"2026-01-12"},"party":{"names":[{"name":"ACME Lyon"}]},"address":{"street":"Quai 3","city":"Lyon","postalZone":"69002","country":{"code":"FR"}}}],"total":{"payableAmount":{"amount":"6200.00","currency":"EUR"}},"lines":[{"lineItem":{"id":"1","quantity":{"value":"10","uom":"EA"},"price":{"amount":{"amount":"500.00","currency":"EUR"}},"item":{"name":"Pump","keywords":["cold"],"sellersId":{"id":{"id":"PUMP-100"}}}}},{"lineItem":{"id":"2","quantity":{"value":"2","uom":"PK"},"price":{"amount":{"amount":"600.00","currency":"EUR"},"baseQuantity":{"value":"1","uom":"PK"}},"item":{"name":"Valve","buyersId":{"id":{"id":"VALVE-20"}}}}}]}',
    means: [
      {
        "sales.order-captured": {
          customerReference: "PO-4711",
          salesOrderId: "SO-ACME-PO-4711",
          customer: "C-ACME",
          channel: "edi",
          payment: {
            method: "invoice",
          },
          ediControlNumber: "000000101",
          issueDate: "2026-01-05",
          currency: "EUR",
          requestedDate: "2026-01-12",
          shipTo: {
            name: "ACME Lyon",
            street: "Quai 3",
            city: "Lyon",
            postalCode: "69002",
            country: "FR",
          },
          total: {
            amount: "6200.00",
            currency: "EUR",
          },
          lines: [
            {
              line: "1",
              quantity: {
                value: "10",
                uom: "EA",
              },
              price: {
                amount: "500.00",
                currency: "EUR",
                per: {
                  value: "1",
                  uom: "EA",
                },
              },
              item: "PUMP-100",
              description: "Pump",
            },
            {
              line: "2",
              quantity: {
                value: "2",
                uom: "PK",
              },
              price: {
                amount: "600.00",
                currency: "EUR",
                per: {
                  value: "1",
                  uom: "PK",
                },
              },
              item: "VALVE-20",
              description: "Valve",
            },
          ],
        },
      },
    ],
    left: [
      "issueDate = Z",
      "notes[0] = Gate 3",
      "lines[0].lineItem.item.keywords[0] = cold",
      "customization = urn:order:3",
    ],
  },
  OrderCancellation: {
    text: '{"id":"CX-1","issueDate":"2026-01-06","reasons":["Ordered twice."],"orderReferences":[{"id":"PO-4711"}],"buyer":{"party":{"names":[{"name":"ACME"}]}},"seller":{"party":{"names":[{"name":"Meridian"}]}}}',
    means: [
      {
        "sales.order-cancelled": {
          salesOrderId: "SO-ACME-PO-4711",
          by: "C-ACME",
          reason: "Ordered twice.",
        },
      },
    ],
    left: [
      "id = CX-1",
      "issueDate = 2026-01-06",
      "buyer.party.names[0].name = ACME",
      "seller.party.names[0].name = Meridian",
    ],
  },
  OrderChange: {
    text: '{"id":"CH-1","issueDate":"2026-01-06","sequenceNumber":"2","currency":"EUR","notes":["Two more"],"orderReference":{"id":"PO-4711"},"buyer":{"party":{"names":[{"name":"ACME"}]}},"seller":{"party":{"names":[{"name":"Meridian"}]}},"lines":[{"lineItem":{"id":"1","statusCode":"3","quantity":{"value":"12","uom":"EA"},"price":{"amount":{"amount":"500.00","currency":"EUR"}},"item":{"name":"PUMP-100","sellersId":{"id":{"id":"PUMP-100"}}}}},{"lineItem":{"id":"2","statusCode":"2","item":{"name":"VALVE-20","sellersId":{"id":{"id":"VALVE-20"}}}}}]}',
    means: [
      {
        "sales.order-changed": {
          customerReference: "PO-4711",
          salesOrderId: "SO-ACME-PO-4711",
          ediControlNumber: "000000101",
          sequenceNumberId: 2,
          reason: "Two more",
          lines: [
            {
              line: "1",
              item: "PUMP-100",
              quantity: {
                value: "12",
                uom: "EA",
              },
              price: {
                amount: "500.00",
                per: {
                  value: "1",
                  uom: "EA",
                },
              },
            },
            {
              line: "2",
              item: "VALVE-20",
              quantity: {
                value: "0",
                uom: "EA",
              },
            },
          ],
        },
      },
    ],
    left: ["id = CH-1", "issueDate = 2026-01-06"],
  },
  OrderResponse: {
    text: '{"id":"SC-1","issueDate":"2026-01-06","responseCode":"CA","notes":["Half later"],"currency":"EUR","orderReferences":[{"id":"PO-501"}],"seller":{"party":{"names":[{"name":"Seals"}]}},"buyer":{"party":{"names":[{"name":"Meridian"}]}},"lines":[{"lineItem":{"id":"1","statusCode":"3","quantity":{"value":"60","uom":"EA"},"deliveries":[{"promisedPeriod":{"endDate":"2026-01-13"}}],"item":{"name":"SEAL-9","sellersId":{"id":{"id":"SEAL-9"}}}},"orderLineReferences":[{"lineId":"1"}]}]}',
    means: [
      {
        "procurement.order-confirmed": {
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          confirmationId: "SC-1",
          deviations: ["Half later"],
          supplierCommitments: [
            {
              line: "1",
              item: "SEAL-9",
              confirmedQuantity: {
                value: "60",
                uom: "EA",
              },
              promisedDate: "2026-01-13",
              status: "changed",
            },
          ],
        },
      },
    ],
    left: [
      "issueDate = 2026-01-06",
      "seller.party.names[0].name = Seals",
      "lines[0].lineItem.id = 1",
      "responseCode = CA",
      "currency = EUR",
    ],
  },
  ReceiptAdvice: {
    text: '{"id":"GR-1","issueDate":"2026-01-12","issueTime":"08:00:00Z","notes":["Wet"],"orderReferences":[{"id":"PO-501"}],"despatchDocuments":[{"id":{"id":"ASN-1"}}],"deliveryCustomer":{"party":{"names":[{"name":"Meridian"}]}},"despatchSupplier":{"party":{"names":[{"name":"Seals"}]}},"shipment":{"id":"GR-1","delivery":{"location":{"id":{"id":"WH-LYO"}}}},"lines":[{"id":"1","receivedQuantity":{"value":"60","uom":"EA"},"rejectedQuantity":{"value":"2","uom":"EA"},"orderLineReference":{"lineId":"1"},"items":[{"name":"SEAL-9","sellersId":{"id":{"id":"SEAL-9"}}}]}]}',
    means: [
      {
        "inventory.goods-received": {
          receiptAdviceId: "GR-1",
          purchaseOrderId: "PO-501",
          despatchAdviceId: "ASN-1",
          warehouse: "WH-LYO",
          receivedAt: "2026-01-12T08:00:00Z",
          lines: [
            {
              line: "1",
              receivedQuantity: {
                value: "60",
                uom: "EA",
              },
              rejectedQuantity: {
                value: "2",
                uom: "EA",
              },
              item: "SEAL-9",
            },
          ],
        },
      },
    ],
    left: ["notes[0] = Wet", "despatchSupplier.party.names[0].name = Seals"],
  },
};
