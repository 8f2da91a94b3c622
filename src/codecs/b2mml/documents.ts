/**
 * What plants and enterprises tell each other in B2MML (ISA-95 parts 2 and 5): what shall be made, what was made, with what
 * material, and what tests of it gave.
 *
 * Names are those of version 7; the names of versions 3 to 6 (ProductionSchedule, ProductionRequest …) are read as the
 * same things. Code lists that the standard closes are held to; an own value stands behind `Other`.
 */
import { type Layout, many, manyInside, type NotCarried, one, optional, type Told } from "./layout.ts";

const LEVELS = [
  "Enterprise",
  "Site",
  "Area",
  "ProcessCell",
  "Unit",
  "ProductionLine",
  "WorkCell",
  "ProductionUnit",
  "StorageZone",
  "StorageUnit",
  "WorkCenter",
  "WorkUnit",
  "EquipmentModule",
  "ControlModule",
  "Other",
] as const;
const STATES = [
  "Forecast",
  "Released",
  "Waiting",
  "Cancelled",
  "Ready",
  "Running",
  "Completed",
  "Aborted",
  "Held",
  "Paused",
  "Suspended",
  "Closed",
  "Other",
] as const;

const scopeBase = {
  equipmentIds: many("text", "EquipmentID"),
  level: optional(LEVELS, "EquipmentElementLevel", "EquipmentLevel"),
};
const scopeLayout: Layout = { ...scopeBase };
scopeLayout.inner = many(scopeLayout, "HierarchyScopeChild", "HierarchyScope");
export interface B2mmlScope extends Told<typeof scopeBase> {
  readonly inner: readonly B2mmlScope[];
}
const scope = scopeLayout as unknown as { [none: string]: never };

const quantity = {
  value: optional("text", "QuantityString"),
  dataType: optional("text", "DataType"),
  uom: optional("text", "UnitOfMeasure"),
  key: optional("text", "Key"),
};
const propertyValue = {
  value: optional("text", "ValueString"),
  dataType: optional("text", "DataType"),
  uom: optional("text", "UnitOfMeasure"),
  key: optional("text", "Key"),
};
const testResult = {
  id: optional("text", "ID"),
  descriptions: many("text", "Description"),
  time: optional("time", "TestDateTime"),
  expires: optional("time", "ExpirationTime"),
  specificationIds: many("text", "TestSpecificationID", "EvaluatedCriteriaID"),
  evaluatedCriterion: optional("text", "EvaluatedCriterionResult"),
  results: many(propertyValue, "Result"),
};
export type B2mmlTestResult = Told<typeof testResult>;
const property = {
  id: optional("text", "ID"),
  descriptions: many("text", "Description"),
  values: many(propertyValue, "Value"),
  testResults: many(testResult, "TestResult"),
};
const storage = {
  // A part with a type of place since version 7, one of an equipment and its level before version 5.
  storageLocations: manyInside(["Location", "EquipmentID"], "StorageLocation", "Location"),
  quantities: many(quantity, "Quantity"),
};

const materialBase = {
  id: optional("text", "ID"),
  classIds: many("text", "MaterialClassID"),
  definitionIds: many("text", "MaterialDefinitionID"),
  lotIds: many("text", "MaterialLotID"),
  subLotIds: many("text", "MaterialSubLotID"),
  descriptions: many("text", "Description"),
  /** Consumed, Produced, By-product Produced …; the list differs between versions and is not closed. */
  use: optional("text", "MaterialUse"),
  ...storage,
  properties: many(
    property,
    "MaterialRequirementProperty",
    "MaterialActualProperty",
    "MaterialProducedRequirementProperty",
  ),
  testResults: many(testResult, "TestResult"),
};
const materialLayout: Layout = { ...materialBase };
materialLayout.assembly = many(materialLayout, "AssemblyRequirement", "AssemblyActual");
export interface B2mmlMaterial extends Told<typeof materialBase> {
  readonly assembly: readonly B2mmlMaterial[];
}
const equipment = {
  classIds: many("text", "EquipmentClassID"),
  equipmentIds: many("text", "EquipmentID"),
  descriptions: many("text", "Description"),
  use: optional("text", "EquipmentUse"),
  quantities: many(quantity, "Quantity"),
  properties: many(property, "EquipmentRequirementProperty", "EquipmentActualProperty"),
};
const parameter = {
  id: optional("text", "ID"),
  descriptions: many("text", "Description"),
  values: many(propertyValue, "Value"),
};

const requirementBase = {
  id: optional("text", "ID"),
  descriptions: many("text", "Description"),
  processSegmentId: optional("text", "ProcessSegmentID"),
  operationsSegmentIds: many("text", "OperationsSegmentID", "ProductSegmentID"),
  earliestStart: optional("time", "EarliestStartTime"),
  latestEnd: optional("time", "LatestEndTime"),
  duration: optional("duration", "Duration"),
  state: optional(STATES, "SegmentState"),
  scope: optional(scope, "HierarchyScope", "Location"),
  parameters: many(parameter, "SegmentParameter", "ProductionParameter"),
  equipment: many(equipment, "EquipmentRequirement"),
};
const requirementLayout: Layout = {
  ...requirementBase,
  materials: many(
    materialLayout,
    "MaterialRequirement",
    "MaterialProducedRequirement",
    "MaterialConsumedRequirement",
  ),
};
requirementLayout.segments = many(requirementLayout, "SegmentRequirementChild", "SegmentRequirement");
export interface B2mmlSegmentRequirement extends Omit<Told<typeof requirementBase>, "scope"> {
  readonly scope?: B2mmlScope;
  readonly materials: readonly B2mmlMaterial[];
  readonly segments: readonly B2mmlSegmentRequirement[];
}

const responseBase = {
  id: optional("text", "ID"),
  descriptions: many("text", "Description"),
  processSegmentId: optional("text", "ProcessSegmentID"),
  segmentRequirementId: optional("text", "SegmentRequirementID"),
  operationsSegmentIds: many("text", "OperationsSegmentID", "ProductSegmentID"),
  postingDate: optional("time", "PostingDate"),
  actualStart: optional("time", "ActualStartTime"),
  actualEnd: optional("time", "ActualEndTime"),
  state: optional(STATES, "SegmentState"),
  scope: optional(scope, "HierarchyScope", "Location"),
  data: many(parameter, "SegmentData", "ProductionData"),
  equipment: many(equipment, "EquipmentActual"),
};
const responseLayout: Layout = {
  ...responseBase,
  materials: many(materialLayout, "MaterialActual", "MaterialProducedActual", "MaterialConsumedActual"),
};
responseLayout.segments = many(responseLayout, "SegmentResponseChild", "SegmentResponse");
export interface B2mmlSegmentResponse extends Omit<Told<typeof responseBase>, "scope"> {
  readonly scope?: B2mmlScope;
  readonly materials: readonly B2mmlMaterial[];
  readonly segments: readonly B2mmlSegmentResponse[];
}

const head = {
  id: optional("text", "ID"),
  version: optional("text", "Version"),
  descriptions: many("text", "Description"),
  start: optional("time", "StartTime"),
  end: optional("time", "EndTime", "Endtime"),
  operationsType: optional("text", "OperationsType"),
  scope: optional(scope, "HierarchyScope", "Location"),
};
const request = {
  ...head,
  priority: optional("decimal", "Priority"),
  state: optional(STATES, "RequestState"),
  definitionIds: many("text", "OperationsDefinitionID", "ProductProductionRuleID", "ProductionRuleID"),
  segments: many(requirementLayout as unknown as { [none: string]: never }, "SegmentRequirement"),
};
const schedule = {
  ...head,
  publishedAt: optional("time", "PublishedDate"),
  state: optional(STATES, "ScheduleState"),
  requests: many(request, "OperationsRequest", "ProductionRequest"),
};
const response = {
  ...head,
  requestIds: many("text", "OperationsRequestID", "ProductionRequestID"),
  definitionIds: many("text", "OperationsDefinitionID", "ProductProductionRuleID"),
  state: optional(STATES, "ResponseState"),
  segments: many(responseLayout as unknown as { [none: string]: never }, "SegmentResponse"),
};
const performance = {
  ...head,
  publishedAt: optional("time", "PublishedDate"),
  scheduleId: optional("text", "OperationsScheduleID", "ProductionScheduleID"),
  state: optional(STATES, "PerformanceState"),
  responses: many(response, "OperationsResponse", "ProductionResponse"),
};

/** The recursive parts by their own names; everything else as the table says. */
type Own<T, Segment> = Omit<T, "scope" | "segments"> & {
  readonly scope?: B2mmlScope;
  readonly segments: readonly Segment[];
};
export type B2mmlRequest = Own<Told<typeof request>, B2mmlSegmentRequirement>;
export type B2mmlResponse = Own<Told<typeof response>, B2mmlSegmentResponse>;
export type B2mmlSchedule = Omit<Told<typeof schedule>, "scope" | "requests"> & {
  readonly scope?: B2mmlScope;
  readonly requests: readonly B2mmlRequest[];
};
export type B2mmlPerformance = Omit<Told<typeof performance>, "scope" | "responses"> & {
  readonly scope?: B2mmlScope;
  readonly responses: readonly B2mmlResponse[];
};

const definition = {
  id: one("text", "ID"),
  descriptions: many("text", "Description"),
  classIds: many("text", "MaterialClassID"),
  lotIds: many("text", "MaterialLotID", "MaterialLotSourceID"),
  properties: many(property, "MaterialDefinitionProperty"),
};
const lot = {
  id: one("text", "ID"),
  descriptions: many("text", "Description"),
  definitionIds: many("text", "MaterialDefinitionID"),
  status: optional("text", "Status"),
  disposition: optional("text", "Disposition"),
  ...storage,
  properties: many(property, "MaterialLotProperty"),
  subLots: many({ id: one("text", "ID"), status: optional("text", "Status"), ...storage }, "MaterialSubLot"),
};
export type B2mmlDefinition = Told<typeof definition>;
export type B2mmlLot = Told<typeof lot>;

/** Parts of a data area by the field of the document that lists them: name today, names before, layout. */
export const PARTS = {
  schedules: { names: ["OperationsSchedule", "ProductionSchedule"], layout: schedule as Layout },
  performances: { names: ["OperationsPerformance", "ProductionPerformance"], layout: performance as Layout },
  definitions: { names: ["MaterialDefinition"], layout: definition as Layout },
  lots: { names: ["MaterialLot"], layout: lot as Layout },
  testResults: { names: ["TestResult", "MaterialTestResult", "QATestResult"], layout: testResult as Layout },
} as const;

export interface B2mmlDocument {
  /** `Process`, `Sync`, `Show` …; absent where the document is the noun alone. */
  readonly verb?: string;
  /** `OperationsSchedule`, `ProductionSchedule`, `MaterialInformation` … as the root names it. */
  readonly noun: string;
  readonly createdAt?: string;
  readonly sender?: string;
  readonly schedules: readonly B2mmlSchedule[];
  readonly performances: readonly B2mmlPerformance[];
  readonly definitions: readonly B2mmlDefinition[];
  readonly lots: readonly B2mmlLot[];
  readonly testResults: readonly B2mmlTestResult[];
  /** Values without a field: texts and attributes, by path. */
  readonly notCarried: readonly NotCarried[];
}
