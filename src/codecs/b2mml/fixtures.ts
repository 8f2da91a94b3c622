/** B2MML of our own making: pumps are ordered from the plant, made, and their lot is tested. */
export const schedule = `<?xml version="1.0" encoding="UTF-8"?>
<ProcessOperationsSchedule xmlns="http://www.mesa.org/xml/B2MML" xmlns:own="urn:example:own" releaseID="">
  <ApplicationArea><Sender><LogicalID>ERP</LogicalID></Sender><CreationDateTime>2026-03-05T10:00:00Z</CreationDateTime></ApplicationArea>
  <DataArea><Process/>
    <OperationsSchedule><ID>PS-9</ID><StartTime>2026-03-09T06:00:00+01:00</StartTime><HierarchyScope><EquipmentID>LYO</EquipmentID><EquipmentElementLevel>Site</EquipmentElementLevel></HierarchyScope>
      <OperationsRequest><ID>PR-7001</ID><Priority>2</Priority><RequestState>Released</RequestState>
        <SegmentRequirement><ProcessSegmentID>ASSEMBLE</ProcessSegmentID><EarliestStartTime>2026-03-09T06:00:00Z</EarliestStartTime><Duration>PT4H30M</Duration>
          <EquipmentRequirement><EquipmentID>LINE-1</EquipmentID></EquipmentRequirement>
          <MaterialRequirement><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><MaterialUse>Produced</MaterialUse><Quantity><QuantityString>40.0</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity>
            <AssemblyRequirement><MaterialDefinitionID>ROTOR</MaterialDefinitionID></AssemblyRequirement></MaterialRequirement>
          <SegmentRequirement><ProcessSegmentID>PAINT</ProcessSegmentID></SegmentRequirement>
          <own:Note>blue</own:Note>
        </SegmentRequirement>
      </OperationsRequest>
    </OperationsSchedule>
  </DataArea>
</ProcessOperationsSchedule>`;

/** The words of an older version, and nothing around. */
export const performance = `<ProductionPerformance xmlns="http://www.wbf.org/xml/B2MML-V0401">
  <ID>PP-1</ID><ProductionScheduleID>PS-9</ProductionScheduleID><UnitOfMeasure/>
  <ProductionResponse><ProductionRequestID>PR-7001</ProductionRequestID>
    <SegmentResponse><ProcessSegmentID>ASSEMBLE</ProcessSegmentID><ActualStartTime>2026-03-09T06:05:00Z</ActualStartTime><ActualEndTime>2026-03-09T10:00:00Z</ActualEndTime>
      <MaterialProducedActual><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><MaterialLotID>L-900</MaterialLotID><Quantity><QuantityString>39</QuantityString><DataType>integer</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity></MaterialProducedActual>
    </SegmentResponse>
  </ProductionResponse>
</ProductionPerformance>`;

export const material = `<SyncMaterialInformation xmlns="http://www.mesa.org/xml/B2MML-V0600" releaseID="">
  <ApplicationArea><CreationDateTime>2026-03-09T11:00:00Z</CreationDateTime></ApplicationArea>
  <DataArea><Sync/><MaterialInformation>
    <MaterialDefinition><ID>PUMP-100</ID><MaterialDefinitionProperty><ID>Colour</ID><Value><ValueString>blue</ValueString><DataType>string</DataType></Value></MaterialDefinitionProperty></MaterialDefinition>
    <MaterialLot><ID>L-900</ID><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><Status>Valid</Status><Quantity><QuantityString>39</QuantityString></Quantity>
      <MaterialLotProperty><ID>Pressure</ID><TestResult><ID>T-1</ID><TestDateTime>2026-03-09T10:30:00Z</TestDateTime><Result><ValueString>3.1</ValueString><DataType>double</DataType><UnitOfMeasure>BAR</UnitOfMeasure></Result></TestResult></MaterialLotProperty></MaterialLot>
    <PersonnelClass><ID>P</ID></PersonnelClass>
  </MaterialInformation></DataArea>
</SyncMaterialInformation>`;
