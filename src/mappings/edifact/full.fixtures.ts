/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  APERAK: {
    text: "BGM+305+A-1+27'DTM+137:20260106:102'RFF+ACW:INV-1'ERC+12'FTX+AAO+++Price unknown'ERC+13",
    means: [
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "INV-1",
          ackType: "application",
          errors: ["Code 12. Price unknown", "Code 13."],
          status: "rejected",
          ediControlNumber: "000000101",
          salesOrderId: "SO of INV-1",
        },
      },
    ],
    left: ["BGM.2 = A-1", "DTM+137.1.2 = 20260106", "DTM+137.1.3 = 102", "ERC+12/FTX+AAO.1 = AAO"],
  },
  CONTRL: {
    text: "UCI+501+MERIDIAN+ACME+7'UCM+1+INVOIC:D:96A:UN+7'UCM+2+DESADV:D:96A:UN+4'UCS+9'UCD+37+2:2",
    means: [
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "INVOIC/501/1",
          ackType: "syntax",
          errors: [],
          status: "accepted",
          ediControlNumber: "000000101",
          salesOrderId: "SO of 1",
        },
      },
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "DESADV/501/2",
          ackType: "syntax",
          errors: ["Code 37 in segment 9, element 2, component 2."],
          status: "rejected",
          ediControlNumber: "000000101",
          salesOrderId: "SO of 2",
        },
      },
    ],
    left: [
      "UCI.2 = MERIDIAN",
      "UCI.3 = ACME",
      "UCM[1].2.2 = D",
      "UCM[1].2.3 = 96A",
      "UCM[1].2.4 = UN",
      "UCM[2].2.2 = D",
      "UCM[2].2.3 = 96A",
      "UCM[2].2.4 = UN",
    ],
  },
  DELFOR: {
    text: "BGM+241+F-17+9'DTM+137:20260105:102'RFF+AGJ:PR-7005'NAD+DP+LYO'UNS+D'LIN+1'PIA+5+SEAL-9:SA'QTY+113:60:PCE'SCC+1'DTM+2:20260112:102'QTY+113:240:PCE'SCC+4'DTM+2:202604:616'QTY+70:1200'UNS+S",
    means: [
      {
        "production.demand-signalled": {
          signalledAt: "2026-01-05T00:00:00Z",
          productionOrderId: "PR-7005",
          plant: "LYO",
          item: "SEAL-9",
          demandId: "SEAL-9/LYO",
          quantity: {
            value: "60",
            uom: "PCE",
          },
          cause: "firm",
          period: "2026-01-12",
        },
      },
      {
        "production.demand-signalled": {
          signalledAt: "2026-01-05T00:00:00Z",
          productionOrderId: "PR-7005",
          plant: "LYO",
          item: "SEAL-9",
          demandId: "SEAL-9/LYO",
          quantity: {
            value: "240",
            uom: "PCE",
          },
          cause: "forecast",
          period: "2026-W04",
        },
      },
    ],
    left: ["BGM.2 = F-17", "LIN/QTY+70.1.2 = 1200"],
  },
  DESADV: {
    text: "BGM+351+ASN-1+9'DTM+137:20260111:102'DTM+11:202601110930:203'DTM+17:20260112:102'RFF+ON:PO-501'RFF+CN:TRK-1'TDT+20++30+31+:::Rhone Express'CPS+1'PAC+1++201'PCI+33E'GIN+BJ+340123450000000025'LIN+1'PIA+5+SEAL-9:SA'QTY+12:60:PCE'GIN+BN+SN-1'CNT+2:1",
    means: [
      {
        "procurement.shipment-notified": {
          despatchAdviceId: "ASN-1",
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          notifiedAt: "2026-01-11T09:30:00Z",
          arrivalDate: "2026-01-12",
          carrier: "Rhone Express",
          sscc: ["340123450000000025"],
          lines: [
            {
              line: "1",
              item: "SEAL-9",
              quantity: {
                value: "60",
                uom: "PCE",
              },
            },
          ],
        },
      },
    ],
    left: [
      "BGM.3 = 9",
      "DTM+137.1.2 = 20260111",
      "DTM+137.1.3 = 102",
      "RFF+CN.1.2 = TRK-1",
      "TDT+20.3 = 30",
      "TDT+20.4 = 31",
      "CPS.1 = 1",
      "CPS/PAC.1 = 1",
      "CPS/PAC.3 = 201",
      "CPS/PAC/PCI+33E.1 = 33E",
      "CPS/LIN/GIN+BN.2 = SN-1",
    ],
  },
  IFTSTA: {
    text: "BGM+23+1+9'DTM+137:202601060900:203'CNI+1+TRK-1'STS+1+21:::Delivered'RFF+ON:SO-7'RFF+AAU:SH-881'DTM+334:202601060845:203'LOC+5+FRLYS'STS+1+X6'RFF+ON:SO-7",
    means: [
      {
        "logistics.shipment-status-changed": {
          salesOrderId: "SO-7",
          shipmentId: "SH-881",
          trackingNumber: "TRK-1",
          currentStatus: "delivered",
          rawStatus: "21 Delivered",
          location: "FRLYS",
          changedAt: "2026-01-06T08:45:00Z",
        },
      },
      {
        "logistics.shipment-status-changed": {
          salesOrderId: "SO-7",
          trackingNumber: "TRK-1",
          currentStatus: "in-transit",
          rawStatus: "X6",
          changedAt: "2026-01-06T09:00:00Z",
        },
      },
    ],
    left: [
      "BGM.2 = 1",
      "BGM.3 = 9",
      "CNI.1 = 1",
      "CNI/STS[1].1 = 1",
      "CNI/STS[1]/LOC+5.1 = 5",
      "CNI/STS[2].1 = 1",
    ],
  },
  INVOIC: {
    text: "BGM+380+SI-88+9'DTM+137:20260112:102'RFF+ON:PO-501'NAD+SU+++Seals and Sons'TAX+7+VAT+++:::20.0'CUX+2:EUR:4'PAT+3'DTM+13:20260211:102'LIN+1'PIA+5+SEAL-9:SA'IMD+F++:::Seal'QTY+47:60:PCE'MOA+203:300.00'PRI+AAA:5.00'UNS+S'CNT+2:1'MOA+77:360.00'MOA+125:300.00'MOA+124:60.00",
    means: [
      {
        "procurement.invoice-received": {
          supplierInvoiceId: "SI-88",
          supplier: "C-ACME",
          issueDate: "2026-01-12",
          purchaseOrderId: "PO-501",
          taxInclusiveAmount: {
            amount: "360.00",
            currency: "EUR",
          },
          dueDate: "2026-02-11",
          lines: [
            {
              line: "1",
              item: "SEAL-9",
              quantity: {
                value: "60",
                uom: "PCE",
              },
              amount: {
                amount: "300.00",
                currency: "EUR",
              },
            },
          ],
          taxExclusiveAmount: {
            amount: "300.00",
            currency: "EUR",
          },
          taxAmount: {
            amount: "60.00",
            currency: "EUR",
          },
        },
      },
    ],
    left: [
      "BGM.3 = 9",
      "NAD+SU.4 = Seals and Sons",
      "TAX+7.2 = VAT",
      "TAX+7.5.4 = 20.0",
      "LIN/IMD+F.3.4 = Seal",
    ],
  },
  INVRPT: {
    text: "BGM+35+R-1+9'DTM+137:202601051800:203'NAD+WH+WH-LYO'LIN+1'PIA+5+SEAL-9:SA'IMD+F++:::Seal'QTY+145:58:PCE'INV+2+++3'LIN+2'PIA+5+PUMP-100:SA'QTY+17:7'QTY+83:3",
    means: [
      {
        "inventory.availability-changed": {
          asOf: "2026-01-05T18:00:00Z",
          location: "WH-LYO",
          item: "SEAL-9",
          positionId: "SEAL-9/WH-LYO",
          available: {
            value: "58",
            uom: "PCE",
          },
        },
      },
      {
        "inventory.availability-changed": {
          asOf: "2026-01-05T18:00:00Z",
          location: "WH-LYO",
          item: "PUMP-100",
          positionId: "PUMP-100/WH-LYO",
          available: {
            value: "7",
            uom: "PCE",
          },
        },
      },
    ],
    left: [
      "BGM.2 = R-1",
      "LIN[1]/IMD+F.3.4 = Seal",
      "LIN[1]/QTY+145/INV.1 = 2",
      "LIN[1]/QTY+145/INV.4 = 3",
      "LIN[2].1 = 2",
      "LIN[2]/QTY+17.1.1 = 17",
      "LIN[2]/QTY+83.1.2 = 3",
    ],
  },
  ORDCHG: {
    text: "BGM+230+PO-4711-C2+4'DTM+137:20260106:102'FTX+AAI+++Two more, please'RFF+ON:PO-4711'LIN+1+3'PIA+5+PUMP-100:SA'QTY+21:12'LIN+2+2'PIA+5+VALVE-20:SA'UNS+S'CNT+2:2",
    means: [
      {
        "sales.order-changed": {
          sequenceNumberId: 2,
          reason: "Two more, please",
          customerReference: "PO-4711",
          salesOrderId: "SO-ACME-PO-4711",
          ediControlNumber: "000000101",
          lines: [
            {
              line: "1",
              item: "PUMP-100",
              quantity: {
                value: "12",
                uom: "PCE",
              },
            },
            {
              line: "2",
              item: "VALVE-20",
              quantity: {
                value: "0",
                uom: "PCE",
              },
            },
          ],
        },
      },
    ],
    left: ["DTM+137.1.2 = 20260106"],
  },
  ORDERS: {
    text: "BGM+220+PO-4711+9'DTM+137:20260105:102'DTM+2:20260112:102'DTM+2:20260113:102'FTX+AAI+++Gate 3'NAD+BY+5412345000013::9'NAD+DP+++ACME Lyon+Quai 3+Lyon++69002+FR'CUX+2:EUR:9'LIN+1++4098765100013:EN'PIA+5+PUMP-100:SA+7781-A:IN'IMD+F++:::Pump'QTY+21:10'PRI+AAA:500.00'PRI+AAB:550.00'LIN+2'PIA+5+VALVE-20:SA'QTY+21:2:PK'PRI+AAA:600.00:::1:PK'UNS+S'MOA+86:6200.00'CNT+2:2",
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
          requestedDate: "2026-01-12",
          shipTo: {
            name: "ACME Lyon",
            street: "Quai 3",
            city: "Lyon",
            postalCode: "69002",
            country: "FR",
          },
          currency: "EUR",
          lines: [
            {
              line: "1",
              item: "PUMP-100",
              description: "Pump",
              quantity: {
                value: "10",
                uom: "PCE",
              },
              price: {
                amount: "500.00",
                currency: "EUR",
                per: {
                  value: "1",
                  uom: "PCE",
                },
              },
            },
            {
              line: "2",
              item: "VALVE-20",
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
            },
          ],
          total: {
            amount: "6200.00",
            currency: "EUR",
          },
        },
      },
    ],
    left: [
      "DTM+2.1.2 = 20260113",
      "DTM+2.1.3 = 102",
      "FTX+AAI.4 = Gate 3",
      "NAD+BY.2.1 = 5412345000013",
      "NAD+BY.2.3 = 9",
      "LIN[1].3.1 = 4098765100013",
      "LIN[1].3.2 = EN",
      "LIN[1]/PIA+5.3.1 = 7781-A",
      "LIN[1]/PIA+5.3.2 = IN",
      "LIN[1]/PRI+AAB.1.2 = 550.00",
    ],
  },
  ORDRSP: {
    text: "BGM+231+SC-1+4'DTM+137:20260106:102'DTM+69:20260113:102'FTX+AAO+++Half of it a day later'RFF+ON:PO-501'CUX+2:EUR:9'LIN+1+3'PIA+5+SEAL-9:SA'QTY+113:60:PCE'DTM+69:20260112:102'PRI+AAA:5.00'LIN+2+5'PIA+5+HOSE-3:SA'QTY+21:5'UNS+S'CNT+2:2",
    means: [
      {
        "procurement.order-confirmed": {
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          confirmationId: "SC-1",
          deviations: ["Half of it a day later"],
          supplierCommitments: [
            {
              line: "1",
              item: "SEAL-9",
              confirmedQuantity: {
                value: "60",
                uom: "PCE",
              },
              promisedDate: "2026-01-12",
              status: "changed",
            },
            {
              line: "2",
              item: "HOSE-3",
              confirmedQuantity: {
                value: "5",
                uom: "PCE",
              },
              promisedDate: "2026-01-13",
              status: "confirmed",
            },
          ],
        },
      },
    ],
    left: [
      "BGM.1 = 231",
      "BGM.3 = 4",
      "DTM+137.1.2 = 20260106",
      "DTM+137.1.3 = 102",
      "FTX+AAO.1 = AAO",
      "CUX+2.1.2 = EUR",
      "CUX+2.1.3 = 9",
      "LIN[1]/PRI+AAA.1.2 = 5.00",
    ],
  },
  PRICAT: {
    text: "BGM+9+CAT-12+9'DTM+137:20260105:102'DTM+7:20260201:102'CUX+2:EUR:8'LIN+1+1+4098765100013:EN'PIA+5+PUMP-100:SA'IMD+F++:::Pump'MEA+PD+AAA+KGM:12'PRI+AAA:500.00:::1:PCE'LIN+2+2'PIA+5+HOSE-2:SA",
    means: [
      {
        "master.item-changed": {
          recordVersion: 12,
          changedAt: "2026-01-05T00:00:00Z",
          effectiveFrom: "2026-02-01",
          item: "PUMP-100",
          status: "active",
          description: "Pump",
          baseUom: "PCE",
          standardItemId: "4098765100013",
          uomConversions: [],
        },
      },
      {
        "master.item-changed": {
          recordVersion: 12,
          changedAt: "2026-01-05T00:00:00Z",
          effectiveFrom: "2026-02-01",
          item: "HOSE-2",
          status: "discontinued",
          baseUom: "PCE",
          uomConversions: [],
        },
      },
    ],
    left: [
      "BGM.3 = 9",
      "CUX+2.1.2 = EUR",
      "CUX+2.1.3 = 8",
      "LIN[1].1 = 1",
      "LIN[1]/IMD+F.1 = F",
      "LIN[1]/MEA+PD.2 = AAA",
      "LIN[1]/MEA+PD.3.1 = KGM",
      "LIN[1]/MEA+PD.3.2 = 12",
      "LIN[1]/PRI+AAA.1.2 = 500.00",
      "LIN[1]/PRI+AAA.1.5 = 1",
      "LIN[2].1 = 2",
    ],
  },
  RECADV: {
    text: "BGM+632+GR-1+9'DTM+137:20260112:102'DTM+50:202601120800:203'RFF+ON:PO-501'RFF+AAK:ASN-1'NAD+DP+WH-LYO'CPS+1'LIN+1'PIA+5+SEAL-9:SA'QTY+48:60:PCE'QTY+124:2:PCE'QVR+-2:21'PCI+36E'GIN+BX+L-555'CNT+2:1",
    means: [
      {
        "inventory.goods-received": {
          receiptAdviceId: "GR-1",
          receivedAt: "2026-01-12T08:00:00Z",
          purchaseOrderId: "PO-501",
          despatchAdviceId: "ASN-1",
          warehouse: "WH-LYO",
          lines: [
            {
              line: "1",
              item: "SEAL-9",
              receivedQuantity: {
                value: "60",
                uom: "PCE",
              },
              rejectedQuantity: {
                value: "2",
                uom: "PCE",
              },
              lot: "L-555",
            },
          ],
        },
      },
    ],
    left: ["DTM+137.1.2 = 20260112", "CPS/LIN/QVR.1.1 = -2", "CPS/LIN/QVR.1.2 = 21"],
  },
  REMADV: {
    text: "BGM+481+RA-1+9'DTM+137:20260119:102'DTM+138:20260120:102'NAD+PR+++ACME'CUX+2:EUR:11'DOC+380+INV-1'MOA+9:6000.00'MOA+12:5900.00'AJT+3'MOA+165:100.00'DOC+380+INV-2'MOA+12:10'UNS+S'MOA+12:5910.00",
    means: [
      {
        "finance.remittance-advised": {
          adviceId: "RA-1",
          customer: "C-ACME",
          ediControlNumber: "000000101",
          paymentDate: "2026-01-20",
          amount: {
            amount: "5910.00",
            currency: "EUR",
          },
          invoices: [
            {
              invoiceId: "INV-1",
              amount: {
                amount: "5900.00",
                currency: "EUR",
              },
            },
            {
              invoiceId: "INV-2",
              amount: {
                amount: "10.00",
                currency: "EUR",
              },
            },
          ],
        },
      },
    ],
    left: [
      "BGM.3 = 9",
      "DTM+137.1.2 = 20260119",
      "NAD+PR.4 = ACME",
      "DOC[1]/MOA+9.1.2 = 6000.00",
      "DOC[1]/AJT.1 = 3",
      "DOC[1]/AJT/MOA+165.1.2 = 100.00",
    ],
  },
};
