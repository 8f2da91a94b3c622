/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  MaterialInformation: {
    text: '<SyncMaterialInformation xmlns="http://www.mesa.org/xml/B2MML" releaseID=""><ApplicationArea><Sender><LogicalID>ERP</LogicalID></Sender><CreationDateTime>2026-01-05T08:00:00Z</CreationDateTime></ApplicationArea><DataArea><Sync/><MaterialInformation><MaterialDefinition><ID>PUMP-100</ID><Description>Pump</Description><MaterialLotID>L-900</MaterialLotID><MaterialDefinitionProperty><ID>Colour</ID><Value><ValueString>blue</ValueString><DataType>string</DataType></Value></MaterialDefinitionProperty></MaterialDefinition></MaterialInformation></DataArea></SyncMaterialInformation>',
    means: [
      {
        "master.item-changed": {
          item: "PUMP-100",
          description: "Pump",
          status: "active",
          baseUom: "EA",
          uomConversions: [],
          recordVersion: 101,
          lots: ["L-900"],
          changedAt: "2026-01-05T08:00:00Z",
        },
      },
    ],
    left: [
      "verb = Sync",
      "noun = MaterialInformation",
      "sender = ERP",
      "definitions[0].properties[0].values[0].value = blue",
      "definitions[0].properties[0].values[0].dataType = string",
      "definitions[0].properties[0].id = Colour",
    ],
  },
  OperationsPerformance: {
    text: '<ProcessOperationsPerformance xmlns="http://www.mesa.org/xml/B2MML" releaseID=""><ApplicationArea><Sender><LogicalID>ERP</LogicalID></Sender><CreationDateTime>2026-01-05T08:00:00Z</CreationDateTime></ApplicationArea><DataArea><Process/><OperationsPerformance><ID>PP-1</ID><HierarchyScope><EquipmentID>LYO</EquipmentID><EquipmentElementLevel>Site</EquipmentElementLevel></HierarchyScope><PublishedDate>2026-01-05T12:30:00Z</PublishedDate><OperationsResponse><ID>OR-1</ID><EndTime>2026-01-05T12:00:00Z</EndTime><OperationsRequestID>PR-7005</OperationsRequestID><ResponseState>Completed</ResponseState><SegmentResponse><ProcessSegmentID>0010</ProcessSegmentID><ActualEndTime>2026-01-05T12:00:00Z</ActualEndTime><EquipmentActual><EquipmentID>WC-1</EquipmentID></EquipmentActual><MaterialActual><ID>MC-1</ID><MaterialDefinitionID>HOUS-4</MaterialDefinitionID><MaterialLotID>L-555</MaterialLotID><MaterialUse>Consumed</MaterialUse><StorageLocation>A-01</StorageLocation><Quantity><QuantityString>43</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity></MaterialActual><MaterialActual><ID>OC-1</ID><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><MaterialLotID>L-900</MaterialLotID><MaterialUse>Produced</MaterialUse><Quantity><QuantityString>40</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity></MaterialActual><MaterialActual><ID>SC-1</ID><MaterialDefinitionID>HOUS-4</MaterialDefinitionID><MaterialUse>Scrap</MaterialUse><Quantity><QuantityString>3</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity><MaterialActualProperty><ID>ReasonCode</ID><Value><ValueString>cracked</ValueString><DataType>string</DataType></Value></MaterialActualProperty></MaterialActual></SegmentResponse></OperationsResponse></OperationsPerformance></DataArea></ProcessOperationsPerformance>',
    means: [
      {
        "production.order-state-changed": {
          productionOrderId: "PR-7005",
          plant: "LYO",
          responseState: "Completed",
          changedAt: "2026-01-05T12:00:00Z",
        },
      },
      {
        "production.material-consumed": {
          productionOrderId: "PR-7005",
          plant: "LYO",
          reportId: "MC-1",
          operation: "0010",
          consumedAt: "2026-01-05T12:00:00Z",
          materials: [
            {
              item: "HOUS-4",
              quantity: {
                value: "43",
                uom: "EA",
              },
              lot: "L-555",
              location: "A-01",
            },
          ],
        },
      },
      {
        "production.output-completed": {
          productionOrderId: "PR-7005",
          plant: "LYO",
          reportId: "OC-1",
          operation: "0010",
          completedAt: "2026-01-05T12:00:00Z",
          item: "PUMP-100",
          quantity: {
            value: "40",
            uom: "EA",
          },
          lot: "L-900",
          workCentre: "WC-1",
        },
      },
      {
        "production.scrap-declared": {
          productionOrderId: "PR-7005",
          plant: "LYO",
          reportId: "SC-1",
          operation: "0010",
          declaredAt: "2026-01-05T12:00:00Z",
          item: "HOUS-4",
          quantity: {
            value: "3",
            uom: "EA",
          },
          reasonCode: "cracked",
          workCentre: "WC-1",
        },
      },
    ],
    left: [
      "verb = Process",
      "noun = OperationsPerformance",
      "createdAt = 2026-01-05T08:00:00Z",
      "sender = ERP",
      "performances[0].responses[0].segments[0].materials[0].quantities[0].dataType = decimal",
      "performances[0].responses[0].segments[0].materials[0].use = Consumed",
      "performances[0].responses[0].segments[0].materials[1].quantities[0].dataType = decimal",
      "performances[0].responses[0].segments[0].materials[1].use = Produced",
      "performances[0].responses[0].segments[0].materials[2].quantities[0].dataType = decimal",
      "performances[0].responses[0].segments[0].materials[2].properties[0].values[0].dataType = string",
      "performances[0].responses[0].segments[0].materials[2].use = Scrap",
      "performances[0].responses[0].id = OR-1",
      "performances[0].id = PP-1",
      "performances[0].scope.level = Site",
      "performances[0].publishedAt = 2026-01-05T12:30:00Z",
    ],
  },
  OperationsSchedule: {
    text: '<ProcessOperationsSchedule xmlns="http://www.mesa.org/xml/B2MML" releaseID=""><ApplicationArea><Sender><LogicalID>ERP</LogicalID></Sender><CreationDateTime>2026-01-05T08:00:00Z</CreationDateTime></ApplicationArea><DataArea><Process/><OperationsSchedule><ID>PR-7001</ID><Description>Week 2</Description><HierarchyScope><EquipmentID>LYO</EquipmentID><EquipmentElementLevel>Site</EquipmentElementLevel></HierarchyScope><PublishedDate>2026-01-05T07:00:00Z</PublishedDate><OperationsRequest><ID>PR-7001</ID><Priority>2</Priority><RequestState>Released</RequestState><SegmentRequirement><EarliestStartTime>2026-01-09T06:00:00Z</EarliestStartTime><MaterialRequirement><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><MaterialUse>Produced</MaterialUse><Quantity><QuantityString>40</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity></MaterialRequirement><MaterialRequirement><MaterialDefinitionID>HOUS-4</MaterialDefinitionID><MaterialUse>Consumed</MaterialUse><Quantity><QuantityString>40</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity></MaterialRequirement><SegmentRequirement><ProcessSegmentID>0010</ProcessSegmentID><EquipmentRequirement><EquipmentID>WC-1</EquipmentID></EquipmentRequirement></SegmentRequirement></SegmentRequirement></OperationsRequest></OperationsSchedule></DataArea></ProcessOperationsSchedule>',
    means: [
      {
        "production.order-released": {
          productionOrderId: "PR-7001",
          plant: "LYO",
          releasedAt: "2026-01-05T07:00:00Z",
          item: "PUMP-100",
          quantity: {
            value: "40",
            uom: "EA",
          },
          startTime: "2026-01-09T06:00:00Z",
          materials: [
            {
              item: "HOUS-4",
              quantity: {
                value: "40",
                uom: "EA",
              },
            },
          ],
          priority: 2,
          routing: [
            {
              operation: "0010",
              workCentre: "WC-1",
            },
          ],
        },
      },
    ],
    left: ["sender = ERP", "schedules[0].descriptions[0] = Week 2"],
  },
  TestResults: {
    text: '<SyncMaterialInformation xmlns="http://www.mesa.org/xml/B2MML" releaseID=""><ApplicationArea><Sender><LogicalID>ERP</LogicalID></Sender><CreationDateTime>2026-01-05T08:00:00Z</CreationDateTime></ApplicationArea><DataArea><Sync/><MaterialInformation><MaterialLot><ID>L-900</ID><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><Quantity><QuantityString>40</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity><MaterialLotProperty><ID>Pressure</ID><TestResult><ID>T-1</ID><TestDateTime>2026-01-05T12:30:00Z</TestDateTime><EvaluatedCriterionResult>Pass</EvaluatedCriterionResult><Result><ValueString>3.1</ValueString><DataType>double</DataType><UnitOfMeasure>BAR</UnitOfMeasure></Result></TestResult></MaterialLotProperty></MaterialLot><MaterialLot><ID>L-901</ID><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><Quantity><QuantityString>5</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity><MaterialLotProperty><ID>Pressure</ID><TestResult><ID>T-2</ID><TestDateTime>2026-01-05T12:40:00Z</TestDateTime><EvaluatedCriterionResult>Fail</EvaluatedCriterionResult></TestResult></MaterialLotProperty></MaterialLot></MaterialInformation></DataArea></SyncMaterialInformation>',
    means: [
      {
        "quality.lot-released": {
          decisionId: "T-1",
          lot: "L-900",
          item: "PUMP-100",
          plant: "LYO",
          decision: "release",
          quantity: {
            value: "40",
            uom: "EA",
          },
          releasedAt: "2026-01-05T12:30:00Z",
        },
      },
      {
        "quality.lot-held": {
          decisionId: "T-2",
          lot: "L-901",
          item: "PUMP-100",
          plant: "LYO",
          reason: "Fail",
          quantity: {
            value: "5",
            uom: "EA",
          },
          heldAt: "2026-01-05T12:40:00Z",
        },
      },
    ],
    left: [
      "verb = Sync",
      "noun = MaterialInformation",
      "createdAt = 2026-01-05T08:00:00Z",
      "sender = ERP",
      "lots[0].quantities[0].dataType = decimal",
      "lots[0].properties[0].testResults[0].results[0].value = 3.1",
      "lots[0].properties[0].testResults[0].results[0].dataType = double",
      "lots[0].properties[0].testResults[0].results[0].uom = BAR",
      "lots[0].properties[0].id = Pressure",
      "lots[1].quantities[0].dataType = decimal",
      "lots[1].properties[0].id = Pressure",
    ],
  },
};
