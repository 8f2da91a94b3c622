/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  "204": {
    text: "B2**RHEX**SO-1**PP~B2A*00~L11*2*ZZ~L11*PO-4711*PO~NTE*DEL*Ring twice~S5*1*UL~G62*69*20260112~N1*ST*ACME Lyon~N3*Quai 3~N4*Lyon**69002*FR~OID*PUMP-100**1*EA*10~L3*120*G",
    means: [
      {
        "tms.book-freight": {
          salesOrderId: "SO-1",
          attempt: 2,
          shipTo: {
            name: "ACME Lyon",
            street: "Quai 3",
            city: "Lyon",
            postalCode: "69002",
            country: "FR",
          },
          lines: [
            {
              item: "PUMP-100",
              line: "1",
              quantity: {
                value: "10",
                uom: "EA",
              },
            },
          ],
        },
      },
    ],
    left: [
      "B2.2 = RHEX",
      "L11+PO-4711.2 = PO",
      "NTE+DEL.2 = Ring twice",
      "S5/G62+69.2 = 20260112",
      "L3.1 = 120",
      "L3.2 = G",
    ],
  },
  "210": {
    text: "B3**FB-1*SO-1*PP**20260107*8500**20260106*035*RHEX~C3*EUR~N9*CN*TRK-1~N1*SH*Meridian~LX*1~L5*1*Freight Lyon~L0*1***120*G***10*PCS~L1*1*85.00*FR*8500~L3*120*G***8500",
    means: [
      {
        "procurement.invoice-received": {
          supplierInvoiceId: "FB-1",
          purchaseOrderId: "SO-1",
          supplier: "C-ACME",
          issueDate: "2026-01-07",
          taxInclusiveAmount: {
            amount: "85.00",
            currency: "EUR",
          },
          lines: [
            {
              line: "1",
              item: "Freight Lyon",
              quantity: {
                value: "10",
                uom: "PCS",
              },
              amount: {
                amount: "85.00",
                currency: "EUR",
              },
            },
          ],
          taxAmount: {
            amount: "0.00",
            currency: "EUR",
          },
          taxExclusiveAmount: {
            amount: "85.00",
            currency: "EUR",
          },
        },
      },
    ],
    left: [
      "B3.4 = PP",
      "B3.9 = 20260106",
      "B3.10 = 035",
      "B3.11 = RHEX",
      "N9+CN.2 = TRK-1",
      "N1+SH.2 = Meridian",
      "LX+1/L5.1 = 1",
      "LX+1/L0.1 = 1",
      "LX+1/L0.4 = 120",
      "LX+1/L0.5 = G",
      "LX+1/L1.1 = 1",
      "LX+1/L1.2 = 85.00",
      "LX+1/L1.3 = FR",
      "L3.1 = 120",
      "L3.2 = G",
    ],
  },
  "214": {
    text: "B10*TRK-1*SO-1*RHEX~L11*SH-881*SI~L11*PO-4711*PO~N1*ST*ACME Lyon~LX*1~AT7*X6*NS***20260106*0845*UT~MS1*LYON**FR~AT7*D1*NS***20260106*1100*LT~MS1*LYON**FR~AT8*G*L*120",
    means: [
      {
        "logistics.shipment-status-changed": {
          trackingNumber: "TRK-1",
          salesOrderId: "SO-1",
          shipmentId: "SH-881",
          currentStatus: "in-transit",
          rawStatus: "X6 NS",
          location: "LYON, FR",
          changedAt: "2026-01-06T08:45:00Z",
        },
      },
      {
        "logistics.shipment-status-changed": {
          trackingNumber: "TRK-1",
          salesOrderId: "SO-1",
          shipmentId: "SH-881",
          currentStatus: "delivered",
          rawStatus: "D1 NS",
          location: "LYON, FR",
          changedAt: "2026-01-06T11:00:00Z",
        },
      },
    ],
    left: [
      "B10.3 = RHEX",
      "L11+PO-4711.2 = PO",
      "N1+ST.2 = ACME Lyon",
      "LX+1.1 = 1",
      "LX+1/AT7+D1.7 = LT",
      "LX+1/AT8.1 = G",
      "LX+1/AT8.2 = L",
      "LX+1/AT8.3 = 120",
    ],
  },
  "810": {
    text: "BIG*20260112*SI-88*20260105*PO-501***DI~CUR*SE*EUR~REF*VN*SO-77~N1*SE*Seals and Sons~ITD*01*3**20260201*10*20260211~IT1*1*60*EA*5.00**VN*SEAL-9~PID*F****Seal~TDS*36000~TXI*VA*60.00*20*****300.00~SAC*C*D240***0~CTT*1",
    means: [
      {
        "procurement.invoice-received": {
          supplierInvoiceId: "SI-88",
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          issueDate: "2026-01-12",
          taxInclusiveAmount: {
            amount: "360.00",
            currency: "EUR",
          },
          dueDate: "2026-02-11",
          lines: [
            {
              line: "1",
              quantity: {
                value: "60",
                uom: "EA",
              },
              item: "SEAL-9",
              amount: {
                amount: "300.00",
                currency: "EUR",
              },
            },
          ],
          taxAmount: {
            amount: "60.00",
            currency: "EUR",
          },
          taxExclusiveAmount: {
            amount: "300.00",
            currency: "EUR",
          },
        },
      },
    ],
    left: [
      "BIG.3 = 20260105",
      "REF+VN.2 = SO-77",
      "N1+SE.2 = Seals and Sons",
      "ITD+01.2 = 3",
      "ITD+01.4 = 20260201",
      "ITD+01.5 = 10",
      "IT1/PID+F.5 = Seal",
      "TXI+VA.3 = 20",
      "SAC+C.2 = D240",
      "SAC+C.5 = 0",
    ],
  },
  "820": {
    text: "BPR*I*5910.00*C*NON************20260120~TRN*1*RA-1~CUR*PR*EUR~REF*EF*77~N1*PR*ACME~ENT*1~RMR*IV*INV-1**5900.00*6000.00*100.00~RMR*IV*INV-2**10.00~RMR*CM*CN-4**0.00",
    means: [
      {
        "finance.remittance-advised": {
          adviceId: "RA-1",
          amount: {
            amount: "5910.00",
            currency: "EUR",
          },
          paymentDate: "2026-01-20",
          customer: "C-ACME",
          ediControlNumber: "000000101",
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
      "REF+EF.2 = 77",
      "N1+PR.2 = ACME",
      "ENT/RMR+IV.5 = 6000.00",
      "ENT/RMR+IV.6 = 100.00",
      "ENT/RMR+CM.2 = CN-4",
      "ENT/RMR+CM.4 = 0.00",
    ],
  },
  "824": {
    text: "BGN*11*A-1*20260106*0900~N1*FR*ACME~OTI*TR*IV*INV-1*****12345*0001*810~TED*ZZZ*Price unknown~OTI*TA*SI*SH-1*****12346*0002*856",
    means: [
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "810/0001",
          ackType: "application",
          status: "rejected",
          errors: ["Code ZZZ. Price unknown"],
          ediControlNumber: "000000101",
          salesOrderId: "SO of 0001",
        },
      },
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "856/0002",
          ackType: "application",
          status: "accepted",
          errors: [],
          ediControlNumber: "000000101",
          salesOrderId: "SO of 0002",
        },
      },
    ],
    left: [
      "BGN.1 = 11",
      "BGN.2 = A-1",
      "BGN.3 = 20260106",
      "BGN.4 = 0900",
      "N1+FR.2 = ACME",
      "OTI[1].2 = IV",
      "OTI[1].3 = INV-1",
      "OTI[1].8 = 12345",
      "OTI[2].2 = SI",
      "OTI[2].3 = SH-1",
      "OTI[2].8 = 12346",
    ],
  },
  "830": {
    text: "BFR*05*F-17**DL*A*20260105*20260301*20260105~REF*JB*PR-7005~N1*ST*Plant Lyon*92*LYO~LIN*1*VN*SEAL-9*BP*991~UIT*EA~PID*F****Seal~FST*60*C*D*20260112~FST*240*D*W*20260119~SHP*01*60*011*20260104~CTT*1",
    means: [
      {
        "production.demand-signalled": {
          productionOrderId: "PR-7005",
          signalledAt: "2026-01-05T00:00:00Z",
          plant: "LYO",
          item: "SEAL-9",
          demandId: "SEAL-9/LYO",
          quantity: {
            value: "60",
            uom: "EA",
          },
          cause: "firm",
          period: "2026-01-12",
        },
      },
      {
        "production.demand-signalled": {
          productionOrderId: "PR-7005",
          signalledAt: "2026-01-05T00:00:00Z",
          plant: "LYO",
          item: "SEAL-9",
          demandId: "SEAL-9/LYO",
          quantity: {
            value: "240",
            uom: "EA",
          },
          cause: "forecast",
          period: "2026-W04",
        },
      },
    ],
    left: [
      "BFR.2 = F-17",
      "BFR.7 = 20260301",
      "N1+ST.2 = Plant Lyon",
      "LIN.1 = 1",
      "LIN.4 = BP",
      "LIN.5 = 991",
      "LIN/PID+F.5 = Seal",
      "LIN/SHP.1 = 01",
      "LIN/SHP.2 = 60",
      "LIN/SHP.3 = 011",
      "LIN/SHP.4 = 20260104",
      "CTT+1.1 = 1",
    ],
  },
  "846": {
    text: "BIA*00*DD*R-1*20260105*1800~N1*WH*Lyon*92*WH-LYO~LIN*1*VN*SEAL-9~PID*F****Seal~QTY*33*58*EA~QTY*17*60*EA~LIN*2*VN*PUMP-100~QTY*17*7*EA",
    means: [
      {
        "inventory.availability-changed": {
          asOf: "2026-01-05T18:00:00Z",
          location: "WH-LYO",
          item: "SEAL-9",
          positionId: "SEAL-9/WH-LYO",
          available: {
            value: "58",
            uom: "EA",
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
            uom: "EA",
          },
        },
      },
    ],
    left: [
      "BIA.3 = R-1",
      "N1+WH.2 = Lyon",
      "LIN[1].1 = 1",
      "LIN[1]/PID+F.5 = Seal",
      "LIN[1]/QTY+17.2 = 60",
      "LIN[1]/QTY+17.3 = EA",
      "LIN[2].1 = 2",
    ],
  },
  "850": {
    text: "BEG*00*NE*PO-4711**20260105~CUR*BY*EUR~REF*DP*042~DTM*002*20260112~N9*ZZ*NOTES~MSG*Gate 3~N1*ST*ACME Lyon*92*P1~N3*Quai 3*Hall B~N4*Lyon**69002*FR~PO1*1*10*EA*500.00*PE*VN*PUMP-100*BP*7781-A~PID*F****Pump~PO1**2*PK*600.00**VN*VALVE-20~DTM*002*20260115~CTT*2~AMT*TT*6200.00",
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
            street: "Quai 3, Hall B",
            city: "Lyon",
            postalCode: "69002",
            country: "FR",
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
      "REF+DP.2 = 042",
      "N9+ZZ.2 = NOTES",
      "N9+ZZ/MSG.1 = Gate 3",
      "N1+ST.3 = 92",
      "N1+ST.4 = P1",
      "PO1[1].5 = PE",
      "PO1[1].8 = BP",
      "PO1[1].9 = 7781-A",
      "PO1[2]/DTM+002.2 = 20260115",
    ],
  },
  "855": {
    text: "BAK*00*AC*PO-501*20260105****SO-77*20260106~DTM*067*20260113~N9*ZZ*NOTES~MSG*Half of it a day later~PO1*1*60*EA*5.00**VN*SEAL-9~ACK*IC*60*EA*068*20260113~PO1*2*5*EA***VN*HOSE-3~ACK*IA*5*EA~CTT*2",
    means: [
      {
        "procurement.order-confirmed": {
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          confirmationId: "SO-77",
          deviations: ["Half of it a day later"],
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
            {
              line: "2",
              item: "HOSE-3",
              confirmedQuantity: {
                value: "5",
                uom: "EA",
              },
              promisedDate: "2026-01-13",
              status: "confirmed",
            },
          ],
        },
      },
    ],
    left: [
      "BAK.1 = 00",
      "BAK.2 = AC",
      "BAK.4 = 20260105",
      "BAK.9 = 20260106",
      "N9+ZZ.2 = NOTES",
      "PO1[1].2 = 60",
      "PO1[1].3 = EA",
      "PO1[1].4 = 5.00",
      "PO1[1]/ACK.4 = 068",
      "PO1[2].2 = 5",
      "PO1[2].3 = EA",
      "CTT+2.1 = 2",
    ],
  },
  "856": {
    text: "BSN*00*ASN-1*20260111*0930*0001~HL*1**S~TD1*CTN*2~TD5**2*RHEX*M*Rhone Express~REF*BM*B-77~DTM*017*20260112~HL*2*1*O~PRF*PO-501***20260105~HL*3*2*P~MAN*GM*00340123450000000025~HL*4*3*I~LIN*1*VN*SEAL-9*LT*L-555~SN1*1*60*EA~CTT*4",
    means: [
      {
        "procurement.shipment-notified": {
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          despatchAdviceId: "ASN-1",
          notifiedAt: "2026-01-11T09:30:00Z",
          carrier: "Rhone Express",
          arrivalDate: "2026-01-12",
          sscc: ["340123450000000025"],
          lines: [
            {
              line: "1",
              item: "SEAL-9",
              quantity: {
                value: "60",
                uom: "EA",
              },
            },
          ],
        },
      },
    ],
    left: [
      "BSN.1 = 00",
      "BSN.5 = 0001",
      "HL/TD1+CTN.2 = 2",
      "HL/TD5.2 = 2",
      "HL/TD5.3 = RHEX",
      "HL/TD5.4 = M",
      "HL/REF+BM.2 = B-77",
      "HL/HL/PRF.4 = 20260105",
      "HL/HL/HL/HL/LIN.4 = LT",
      "HL/HL/HL/HL/LIN.5 = L-555",
      "CTT+4.1 = 4",
    ],
  },
  "860": {
    text: "BCH*04*NE*PO-4711**C2*20260106~CUR*BY*EUR~N9*ZZ*NOTES~MSG*Two more, please~POC*1*CA*12**EA*500.00*PE*VN*PUMP-100~POC*2*DI*0**EA***VN*VALVE-20~CTT*2",
    means: [
      {
        "sales.order-changed": {
          customerReference: "PO-4711",
          salesOrderId: "SO-ACME-PO-4711",
          ediControlNumber: "000000101",
          sequenceNumberId: 2,
          reason: "Two more, please",
          lines: [
            {
              line: "1",
              quantity: {
                value: "12",
                uom: "EA",
              },
              item: "PUMP-100",
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
              quantity: {
                value: "0",
                uom: "EA",
              },
              item: "VALVE-20",
            },
          ],
        },
      },
    ],
    left: ["BCH.6 = 20260106", "CUR+BY.2 = EUR", "POC[1].7 = PE"],
  },
  "861": {
    text: "BRA*GR-1*20260112*00*1*0800~REF*SI*ASN-1~PRF*PO-501~TD5**2*RHEX~N1*ST*Lyon*92*WH-LYO~RCD*1*60*EA***2*EA*01~LIN*1*VN*SEAL-9*LT*L-555~RCD*2*5*EA~LIN**VN*HOSE-3~CTT*2",
    means: [
      {
        "inventory.goods-received": {
          receiptAdviceId: "GR-1",
          receivedAt: "2026-01-12T08:00:00Z",
          despatchAdviceId: "ASN-1",
          purchaseOrderId: "PO-501",
          warehouse: "WH-LYO",
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
              lot: "L-555",
            },
            {
              line: "2",
              receivedQuantity: {
                value: "5",
                uom: "EA",
              },
              item: "HOSE-3",
            },
          ],
        },
      },
    ],
    left: ["TD5.2 = 2", "TD5.3 = RHEX", "N1+ST.2 = Lyon", "RCD[1]/LIN.1 = 1"],
  },
  "862": {
    text: "BSS*05*R-17*20260105*DL*20260105*20260120~N1*ST*Plant Lyon*92*LYO~LIN*1*VN*SEAL-9~UIT*EA~FST*60*C*D*20260112~SHP*01*60*011*20260104",
    means: [
      {
        "production.demand-signalled": {
          signalledAt: "2026-01-05T00:00:00Z",
          plant: "LYO",
          item: "SEAL-9",
          demandId: "SEAL-9/LYO",
          quantity: {
            value: "60",
            uom: "EA",
          },
          cause: "firm",
          period: "2026-01-12",
        },
      },
    ],
    left: [
      "BSS.2 = R-17",
      "BSS.6 = 20260120",
      "N1+ST.2 = Plant Lyon",
      "LIN.1 = 1",
      "LIN/SHP.1 = 01",
      "LIN/SHP.2 = 60",
      "LIN/SHP.3 = 011",
      "LIN/SHP.4 = 20260104",
    ],
  },
  "940": {
    text: "W05*N*SO-1*PO-4711~N1*ST*ACME Lyon*92*P1~N3*Quai 3~N4*Lyon**69002*FR~N9*CU*C-ACME~G62*02*20260112~NTE*DEL*Ring twice~W66*PP*M~LX*1~W01*10*EA**VN*PUMP-100~N9*LI*1~LX*2~W01*2*EA**VN*VALVE-20~W76*12",
    means: [
      {
        "wms.ship-order": {
          salesOrderId: "SO-1",
          shipTo: {
            name: "ACME Lyon",
            street: "Quai 3",
            city: "Lyon",
            postalCode: "69002",
            country: "FR",
          },
          customer: "C-ACME",
          requestedDate: "2026-01-12",
          lines: [
            {
              quantity: {
                value: "10",
                uom: "EA",
              },
              item: "PUMP-100",
              line: "1",
            },
            {
              quantity: {
                value: "2",
                uom: "EA",
              },
              item: "VALVE-20",
              line: "2",
            },
          ],
        },
      },
    ],
    left: [
      "W05.3 = PO-4711",
      "N1+ST.3 = 92",
      "N1+ST.4 = P1",
      "NTE+DEL.2 = Ring twice",
      "W66.1 = PP",
      "W66.2 = M",
      "LX+2.1 = 2",
      "W76.1 = 12",
    ],
  },
  "943": {
    text: "W06*J*TR-1*20260105*SH-9~N1*SF*Lyon*92*WH-LYO~N1*ST*Rotterdam*92*WH-ROT~W27*M*RHEX~W04*70*EA**VN*PUMP-100~N9*LT*L-900~W04*10*EA**VN*VALVE-20~W03*80",
    means: [
      {
        "inventory.stock-transferred": {
          transferId: "TR-1",
          transferredAt: "2026-01-05T00:00:00Z",
          from: "WH-LYO",
          to: "WH-ROT",
          stage: "sent",
          quantity: {
            value: "70",
            uom: "EA",
          },
          item: "PUMP-100",
          lot: "L-900",
        },
      },
      {
        "inventory.stock-transferred": {
          transferId: "TR-1",
          transferredAt: "2026-01-05T00:00:00Z",
          from: "WH-LYO",
          to: "WH-ROT",
          stage: "sent",
          quantity: {
            value: "10",
            uom: "EA",
          },
          item: "VALVE-20",
        },
      },
    ],
    left: [
      "W06.4 = SH-9",
      "N1+SF.2 = Lyon",
      "N1+ST.2 = Rotterdam",
      "W27.1 = M",
      "W27.2 = RHEX",
      "W03.1 = 80",
    ],
  },
  "944": {
    text: "W17*F*20260112*GR-1*TR-1*SH-9~N1*WH*Rotterdam*92*WH-ROT~N9*PO*PO-501~W07*60*EA**VN*SEAL-9~N9*LI*1~N9*LT*L-555~W13*2*EA*01~W14*60",
    means: [
      {
        "inventory.goods-received": {
          receivedAt: "2026-01-12T00:00:00Z",
          receiptAdviceId: "GR-1",
          transferId: "TR-1",
          despatchAdviceId: "SH-9",
          warehouse: "WH-ROT",
          purchaseOrderId: "PO-501",
          lines: [
            {
              receivedQuantity: {
                value: "60",
                uom: "EA",
              },
              item: "SEAL-9",
              line: "1",
              lot: "L-555",
              rejectedQuantity: {
                value: "2",
                uom: "EA",
              },
            },
          ],
        },
      },
    ],
    left: ["N1+WH.2 = Rotterdam", "W14.1 = 60"],
  },
  "945": {
    text: "W06*F*SO-1*20260105*SH-881**PO-4711~N1*WH*Rotterdam*92*WH-ROT~N9*CN*TRK-1~G62*11*20260105*X*0801~W27*M*RHEX*Rhone Express~LX*1~W12*CL*10*10**EA**VN*PUMP-100~N9*LI*1~LX*2~MAN*GM*00340123450000000018~W03*10*120*LB",
    means: [
      {
        "logistics.shipment-dispatched": {
          salesOrderId: "SO-1",
          shipmentId: "SH-881",
          warehouse: "WH-ROT",
          trackingNumber: "TRK-1",
          dispatchedAt: "2026-01-05T08:01:00Z",
          carrier: "Rhone Express",
          lines: [
            {
              quantity: {
                value: "10",
                uom: "EA",
              },
              item: "PUMP-100",
              line: "1",
            },
          ],
          handlingUnits: [
            {
              sscc: "340123450000000018",
            },
          ],
        },
      },
    ],
    left: [
      "W06.6 = PO-4711",
      "N1+WH.2 = Rotterdam",
      "W27.2 = RHEX",
      "LX+1.1 = 1",
      "LX+1/W12+CL.2 = 10",
      "LX+2.1 = 2",
      "W03.1 = 10",
      "W03.2 = 120",
      "W03.3 = LB",
    ],
  },
  "947": {
    text: "W15*20260105*AD-1~N1*WH*Lyon*92*WH-LYO~NTE*INV*Cycle count~W19*AC*-2*EA**VN*SEAL-9~N9*LT*L-555~W19*AD*4*EA**VN*PUMP-100",
    means: [
      {
        "inventory.stock-adjusted": {
          adjustedAt: "2026-01-05T00:00:00Z",
          location: "WH-LYO",
          reasonCode: "AC",
          delta: "-2",
          uom: "EA",
          item: "SEAL-9",
          lot: "L-555",
          adjustmentId: "AD-1/1",
          positionId: "SEAL-9/WH-LYO",
        },
      },
      {
        "inventory.stock-adjusted": {
          adjustedAt: "2026-01-05T00:00:00Z",
          location: "WH-LYO",
          reasonCode: "AD",
          delta: "4",
          uom: "EA",
          item: "PUMP-100",
          adjustmentId: "AD-1/2",
          positionId: "PUMP-100/WH-LYO",
        },
      },
    ],
    left: ["N1+WH.2 = Lyon", "NTE+INV.2 = Cycle count"],
  },
  "990": {
    text: "B1*RHEX*SO-1*20260105*A~G62*86*20260106~N9*CN*FB-17~V9*DEL",
    means: [
      {
        "logistics.freight-booked": {
          carrier: "RHEX",
          salesOrderId: "SO-1",
          bookingId: "FB-17",
          bookedAt: "2026-01-05T00:00:00Z",
          pickup: "2026-01-06",
        },
      },
    ],
    left: ["V9.1 = DEL"],
  },
  "997": {
    text: "AK1*IN*12345~AK2*810*0001~AK3*IT1*5**8~AK4*2*380*7*x~AK5*R*5~AK2*810*0002~AK5*A~AK9*P*2*2*1",
    means: [
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "810/000012345",
          ackType: "syntax",
          status: "rejected",
          errors: ["Code 5."],
          ediControlNumber: "000000101",
          salesOrderId: "SO of 000012345",
        },
      },
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "810/000012345",
          ackType: "syntax",
          status: "accepted",
          errors: [],
          ediControlNumber: "000000101",
          salesOrderId: "SO of 000012345",
        },
      },
    ],
    left: [
      "AK1.1 = IN",
      "AK2[1].2 = 0001",
      "AK2[1]/AK3.1 = IT1",
      "AK2[1]/AK3.2 = 5",
      "AK2[1]/AK3.4 = 8",
      "AK2[1]/AK3/AK4.1 = 2",
      "AK2[1]/AK3/AK4.2 = 380",
      "AK2[1]/AK3/AK4.3 = 7",
      "AK2[1]/AK3/AK4.4 = x",
      "AK2[2].2 = 0002",
      "AK9.1 = P",
      "AK9.2 = 2",
      "AK9.3 = 2",
      "AK9.4 = 1",
    ],
  },
  "999": {
    text: "AK1*SH*12346*005010~AK9*A*1*1*1",
    means: [
      {
        "operations.acknowledgement-received": {
          partner: "C-ACME",
          ackOf: "SH/000012346",
          ackType: "syntax",
          status: "accepted",
          errors: [],
          ediControlNumber: "000000101",
          salesOrderId: "SO of 000012346",
        },
      },
    ],
    left: ["AK1.3 = 005010", "AK9.2 = 1", "AK9.3 = 1", "AK9.4 = 1"],
  },
};
